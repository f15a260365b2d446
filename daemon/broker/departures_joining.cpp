// A logout that is asked for again while its revocation is out: one request, one end for all who asked.
#include "daemon/broker/departures.hpp"

namespace tokend {

// Each would be a request at the provider, as fast as somebody can ask.
std::optional<Topic> Departures::same_under_way(const Leaving& leaving) const
{
  const auto found = logouts_.find(leaving.account);
  const bool joins = leaving.kind == Kind::kLogout && !leaving.local_only;
  if (!joins || found == logouts_.end() || found->second.grant != leaving.grant) return std::nullopt;
  return found->second.operation;
}

void Departures::note_under_way(const Leaving& leaving)
{
  if (leaving.kind == Kind::kLogout && !leaving.local_only)
    logouts_[leaving.account] = {leaving.grant, leaving.operation};
}

void Departures::no_more_under_way(const Leaving& leaving)
{
  const auto found = logouts_.find(leaving.account);
  if (found != logouts_.end() && found->second.operation == leaving.operation) logouts_.erase(found);
}

}  // namespace tokend
