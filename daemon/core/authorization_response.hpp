// What a browser brings back to the redirect URI (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207), read strictly.
// Reading decides nothing: whether it answers a request of ours is for its `state` to say, and core/login compares
// that.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/provider.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct AuthorizationResponse {
  std::string state;
  Secret code;                     // empty: the answer is an error
  std::string error, description;  // as sent: escape before showing
  std::optional<std::string> iss;
};

// Unknown parameters are ignored. nullopt: not a form, one of ours repeated (section 3.1), no state, or neither or both
// of code and error.
std::optional<AuthorizationResponse> read_authorization_response(std::string_view query);

// `iss` against the issuer that was asked, byte for byte (RFC 9207 section 2.4): present, it must be equal; announced,
// it must be there. kProviderRefused naming both.
Result<void> check_issuer(const AuthorizationResponse&, const Provider&);

}  // namespace tokend
