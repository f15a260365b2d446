#include "tests/provider_double/provider.hpp"

#include <array>

#include "tests/provider_double/endpoints.hpp"
#include "tests/provider_double/pages.hpp"

namespace tokend::provider_double {
namespace {

using Endpoint = Response (*)(Provider&, const Request&);

struct Route {
  std::string_view method;
  std::string_view path;
  Endpoint endpoint;
};

constexpr std::array kRoutes = {
    Route{"GET", "/.well-known/openid-configuration", discovery_document},
    Route{"GET", "/.well-known/oauth-authorization-server", discovery_document},
    Route{"GET", "/jwks", jwks},
    Route{"GET", "/authorize", authorize},
    Route{"POST", "/consent", consent},
    Route{"POST", "/token", token},
    Route{"POST", "/device_authorization", device_authorization},
    Route{"GET", "/device", device_page},
    Route{"POST", "/device", device_decision},
    Route{"POST", "/revoke", revoke},
    Route{"GET", "/resource", resource},
    Route{"GET", "/userinfo", userinfo},
};

}  // namespace

ScopeSet Provider::grantable(const ScopeSet& asked) const
{
  if (settings.scopes.empty()) return asked;
  ScopeSet granted;
  for (const auto& scope : settings.scopes) {
    if (asked.contains(scope)) granted.insert(scope);
  }
  return granted;
}

Response oauth_error(int status, std::string_view error, std::string_view description)
{
  return json_response(status, JsonObject().text("error", error).text("error_description", description));
}

Response respond(Provider& provider, const Request& request)
{
  provider.ledger.count_request(request.path);
  bool known_path = false;
  for (const auto& route : kRoutes) {
    if (route.path != request.path) continue;
    if (route.method == request.method) return route.endpoint(provider, request);
    known_path = true;
  }
  return known_path ? oauth_error(405, "invalid_request", "this endpoint does not know that method")
                    : html_response(404, message_page("Nothing here", "This server has no such page."));
}

}  // namespace tokend::provider_double
