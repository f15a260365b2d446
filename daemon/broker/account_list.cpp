#include "daemon/broker/account_list.hpp"

#include "daemon/broker/replies.hpp"

namespace tokend {

MakePiece list_of(Registry& registry, std::function<wire::AccountStatus(Account&)> status_of)
{
  std::int64_t total = 0;
  for (std::string name; const Account* account = registry.next_present(name); name = account->name) ++total;
  return [&registry, total, status_of = std::move(status_of)](Walk& walk) {
    wire::ListAccountsReply reply{.total = total, .status = {}};
    if (Account* account = registry.next_present(walk.told)) {
      reply.status = status_of(*account);
      walk.told = account->name;
    }
    return Piece{json_of(reply), registry.next_present(walk.told) != nullptr};
  };
}

}  // namespace tokend
