// The four ways to a token: what each demands, and what it entitles to. They spend the credential;
// the answer is written by token_endpoint.cpp.
#pragma once

#include <expected>

#include "tests/provider_double/client_auth.hpp"
#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

struct Entitlement {
  int family = 0;
  ScopeSet scopes;
  bool refresh_token = false;  // a new one goes with the answer
  std::string nonce;
};

using Entitled = std::expected<Entitlement, OAuthError>;

Entitled redeem_code(Provider& provider, const Parameters& form);           // RFC 6749 section 4.1.3, RFC 7636
Entitled redeem_refresh_token(Provider& provider, const Parameters& form);  // RFC 6749 section 6
Entitled redeem_device_code(Provider& provider, const Parameters& form);    // RFC 8628 section 3.4
Entitled client_credentials(Provider& provider, const Parameters& form);    // RFC 6749 section 4.4

}  // namespace tokend::provider_double
