// What a token was asked for: the scopes, the resource (RFC 8707) and the audience. One grant mints several tokens;
// each is kept under the key of the request, not of the answer, so that the same question finds the same token.
#pragma once
#include <compare>
#include <string>
#include <vector>

namespace tokend {

struct TokenKey {
  std::vector<std::string> scopes;  // sorted, unique; empty: whatever the consent gave
  std::string resource, audience;

  auto operator<=>(const TokenKey&) const = default;
  bool is_default() const { return scopes.empty() && resource.empty() && audience.empty(); }
};

inline constexpr std::size_t kTokensPerGrant = 16;

}  // namespace tokend
