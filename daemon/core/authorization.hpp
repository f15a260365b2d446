// The authorization request: the one URL that a person's browser is sent to (RFC 6749 section 4.1.1, RFC 7636
// section 4.3, RFC 8707, OpenID Connect Core section 3.1.2.1). The answer to it is read by core/login.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/provider.hpp"
#include "proto/result.hpp"

namespace tokend {

struct AuthorizationRequest {
  const Provider& provider;
  std::string_view client_id;
  std::string_view redirect_uri;
  const std::vector<std::string>& scopes;            // none: no scope parameter, the provider's default
  const std::map<std::string, std::string>& params;  // the account's own; may not name one of ours
  std::string_view state;
  std::string_view challenge;                  // S256; left out where the provider refuses PKCE
  std::optional<std::string_view> nonce = {};  // given: openid is asked for
};

// What the endpoint's own query holds stays in front. kInvalidDefinition (subject params) when a parameter of the
// account or the endpoint's query would override ours; else what check_openable() says.
Result<std::string> authorization_url(const AuthorizationRequest&);

// A URL that may be printed and opened: https, or http on a literal loopback address; no user information, printable
// ASCII, 8 KiB. kProviderRefused: `what` names it in the sentence.
Result<void> check_openable(std::string_view url, std::string_view what);

bool asks_for_openid(const std::vector<std::string>& scopes);

}  // namespace tokend
