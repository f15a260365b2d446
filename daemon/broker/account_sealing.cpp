#include "daemon/broker/account_sealing.hpp"

#include "daemon/broker/account_record.hpp"

namespace tokend {

void seal(Account& account, Vault& vault)
{
  const AccountRecord record{.definition = account.definition,
                             .created = account.created,
                             .ended = account.ended,
                             .ended_at = account.ended_at,
                             .fixed_origins = account.fixed_origins};
  account.sealed = vault.seal_definition(account.id, account.revision, to_json(record));
}

}  // namespace tokend
