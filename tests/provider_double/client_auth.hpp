// Who sends a form to the token, device authorization or revocation endpoint: client authentication by
// HTTP Basic, by body or by name alone (RFC 6749 section 2.3), checked as strictly as it can be.
#pragma once

#include <expected>
#include <string>

#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

struct OAuthError {
  int status = 400;
  std::string error;
  std::string description;
};

// The form of an authenticated request. Refused: another media type, a repeated parameter, no or two
// ways of authentication, one that is switched off, an unknown client, a wrong secret.
std::expected<Parameters, OAuthError> authenticated_form(Provider& provider, const Request& request);

Response error_response(const OAuthError& error);

}  // namespace tokend::provider_double
