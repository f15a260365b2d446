// Access tokens that an API has refused, remembered for what the provider may answer next: the very same once more.
#include <algorithm>

#include "daemon/broker/exchanges.hpp"

namespace tokend {

void Exchanges::note_refused(GrantEntry& entry, const AccessToken& token)
{
  const auto value = access_token_of(entry, token);
  if (!value) return;
  std::erase_if(entry.refused, [&](const RefusedValue& old) { return old.key == token.key; });
  if (entry.refused.size() >= kTokensPerGrant) entry.refused.erase(entry.refused.begin());
  entry.refused.push_back({token.key, vault_.fingerprint(*value)});
}

bool Exchanges::was_refused(const GrantEntry& entry, const TokenKey& key, const Secret& value) const
{
  const auto found = std::ranges::find(entry.refused, key, &RefusedValue::key);
  return found != entry.refused.end() && found->print == vault_.fingerprint(value);
}

}  // namespace tokend
