#include "daemon/broker/account_list.hpp"

#include "daemon/broker/replies.hpp"

namespace tokend {

MakePiece list_of(Registry& registry, std::function<wire::AccountStatus(Account&)> status_of)
{
  const auto total = static_cast<std::int64_t>(registry.by_name().size());
  return [&registry, total, status_of = std::move(status_of)](Walk& walk) {
    const auto& names = registry.by_name();
    auto next = names.upper_bound(walk.told);
    wire::ListAccountsReply reply{.total = total, .status = {}};
    if (next != names.end()) {
      reply.status = status_of(*registry.find(next->second));
      walk.told = next->first;
      ++next;
    }
    return Piece{json_of(reply), next != names.end()};
  };
}

}  // namespace tokend
