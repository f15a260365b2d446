// The vault: what the broker seals with and opens with while it is unlocked. One object from one unwrapped master key;
// of that only the subkeys stay. Locking it wipes them: nothing opens then, and to seal anything is a mistake
// (std::logic_error).
// It does no I/O and knows no files: adapters/vault_opening makes one. Used on the loop thread only.
//
// A record opens only where it was sealed for: same database, epoch, kind, row, owner, generation and binding.
// open_...() on anything else fails with kInternal, cause "unreadable"; while locked with kLocked. No message tells a
// secret.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/core/destination.hpp"
#include "daemon/core/token_key.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/ports/token_store.hpp"
#include "daemon/vault/binding.hpp"
#include "daemon/vault/keys.hpp"
#include "daemon/vault/record.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct GrantContext {  // where a record of a grant belongs
  GrantId grant{};
  Generation generation{};
  Binding binding;
};

class Vault {
 public:
  // The row names database and epoch. The master key may be wiped afterwards; the Random must outlive the vault.
  Vault(const VaultRow&, const MasterKey&, Random&);

  void lock();
  void unlock(const MasterKey&);  // of the same database
  bool locked() const { return !keys_; }

  // GrantRow::sealed; the context's generation is the row's.
  SealedBytes seal_refresh(const GrantContext&, const Secret& refresh_token);
  Result<Secret> open_refresh(const GrantContext&, const SealedBytes&) const;

  // TokenRow::sealed; token_id is TokenRow::id, the generation the row's. The key is sealed in too: a token asked for
  // with other scopes, resource or audience does not open.
  SealedBytes seal_access(const GrantContext&, std::int64_t token_id, const TokenKey&, const Secret& token);
  Result<Secret> open_access(const GrantContext&, std::int64_t token_id, const TokenKey&, const SealedBytes&) const;

  // AttemptRow::sealed; the context's generation is AttemptRow::from.
  SealedBytes seal_journal(const GrantContext&, const Secret& entry);
  Result<Secret> open_journal(const GrantContext&, const SealedBytes&) const;

  // ClientRow::secret. It opens for a place that it may be sent to; moving it to another row tells nobody.
  SealedBytes seal_client_secret(ClientId, const Secret&);
  Result<Secret> open_client_secret(const Destination&, ClientId, const SealedBytes&) const;
  Result<SealedBytes> move_client_secret(ClientId from, ClientId to, const SealedBytes&);

  // AccountRow::definition; revision is AccountRow::revision.
  SealedBytes seal_definition(AccountId, std::int64_t revision, const Secret& definition);
  Result<Secret> open_definition(AccountId, std::int64_t revision, const SealedBytes&) const;

  // GrantRow::head: to be set in the unit that changes generation or record of a grant; `refresh` is empty without one.
  std::string head_of(GrantId, Generation, const SealedBytes& refresh) const;
  bool check_head(const GrantRow&) const;  // false: rows were replayed or edited; quarantine that grant

  // AttemptRow::credential_tag, and what the audit log shows of a token: 32 bytes, equal for equal credentials only.
  std::string fingerprint(const Secret& credential) const;

 private:
  SealedBytes seal(const RecordContext&, const Secret&);
  Result<Secret> open(const RecordContext&, const SealedBytes&) const;

  struct Keys {
    RecordKey records;
    Key heads;
    Key fingerprints;
  };
  const Keys& keys() const;

  VaultRow row_;
  std::optional<Keys> keys_;
  Random* random_;
};

}  // namespace tokend
