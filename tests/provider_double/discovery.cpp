// The metadata documents: the same content at both well-known places.
#include "tests/provider_double/endpoints.hpp"
#include "tests/provider_double/pages.hpp"

namespace tokend::provider_double {

Response discovery_document(Provider& provider, const Request&)
{
  const auto& settings = provider.settings;
  if (!settings.discovery) return html_response(404, message_page("Nothing here", "Discovery is switched off."));
  const auto at = [&](std::string_view path) { return settings.issuer + std::string(path); };
  return json_response(
      200, JsonObject()
               .text("issuer", settings.issuer)
               .text("authorization_endpoint", at("/authorize"))
               .text("token_endpoint", at("/token"))
               .text("device_authorization_endpoint", at("/device_authorization"))
               .text("revocation_endpoint", at("/revoke"))
               .text("userinfo_endpoint", at("/userinfo"))
               .text("jwks_uri", at("/jwks"))
               .texts("response_types_supported", {"code"})
               .texts("response_modes_supported", {"query"})
               .texts("grant_types_supported", {"authorization_code", "refresh_token", "client_credentials",
                                                "urn:ietf:params:oauth:grant-type:device_code"})
               .texts("code_challenge_methods_supported", {"S256"})
               .texts("token_endpoint_auth_methods_supported", settings.client_auth)
               .texts("subject_types_supported", {"public"})
               .texts("id_token_signing_alg_values_supported", {"RS256"})
               .flag("authorization_response_iss_parameter_supported", settings.iss != IssParameter::omitted));
}

Response jwks(Provider& provider, const Request&)
{
  Response response{200, {{"Content-Type", "application/jwk-set+json"}}, provider.signer.jwks(), {}};
  return response;
}

}  // namespace tokend::provider_double
