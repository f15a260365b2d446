// The authorization server without its socket: state, and one function from a request to a response.
// A well-behaved one; faults are laid over it by the front (front.hpp).
// Endpoints are free functions over Provider, one file each (endpoints.hpp).
#pragma once

#include <string>
#include <string_view>

#include "tests/provider_double/clock.hpp"
#include "tests/provider_double/device_requests.hpp"
#include "tests/provider_double/grants.hpp"
#include "tests/provider_double/http_message.hpp"
#include "tests/provider_double/id_token.hpp"
#include "tests/provider_double/ledger.hpp"
#include "tests/provider_double/settings.hpp"

namespace tokend::provider_double {

// An authorization request that was found good and waits for the user's decision.
struct AuthorizationRequest {
  std::string redirect_uri;
  std::string state;
  std::string challenge;
  std::string nonce;
  ScopeSet scopes;
};

struct Provider {
  Settings settings;
  Clock clock;
  Ledger ledger;
  Grants grants;
  DeviceRequests devices;
  IdTokenSigner signer;
  std::map<std::string, AuthorizationRequest> waiting_for_consent;  // by the consent form's hidden value

  ScopeSet grantable(const ScopeSet& asked) const;  // narrowed to settings.scopes
};

Response respond(Provider& provider, const Request& request);

// {"error": .., "error_description": ..}
Response oauth_error(int status, std::string_view error, std::string_view description);

}  // namespace tokend::provider_double
