// Where access tokens are spent and ended: a resource, the userinfo endpoint, the revocation endpoint.
#include "tests/provider_double/client_auth.hpp"
#include "tests/provider_double/endpoints.hpp"

namespace tokend::provider_double {
namespace {

const AccessToken* presented(const Provider& provider, const Request& request)
{
  constexpr std::string_view kScheme = "Bearer ";
  const auto header = request.header("authorization");
  if (!header.starts_with(kScheme)) return nullptr;
  return provider.grants.live_access_token(header.substr(kScheme.size()), provider.clock.now());
}

Response unauthorized()
{
  auto response = oauth_error(401, "invalid_token", "the access token is unknown, expired or revoked");
  response.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return response;
}

}  // namespace

Response resource(Provider& provider, const Request& request)
{
  const auto* token = presented(provider, request);
  if (token == nullptr) return unauthorized();
  return json_response(200, JsonObject()
                                .text("sub", provider.grants.family(token->family).subject)
                                .text("scope", scope_text(token->scopes))
                                .number("exp", unix_seconds(token->expires_at)));
}

Response userinfo(Provider& provider, const Request& request)
{
  const auto* token = presented(provider, request);
  if (token == nullptr) return unauthorized();
  const auto& subject = provider.grants.family(token->family).subject;
  return json_response(200, JsonObject().text("sub", subject).text("email", email_of(subject)));
}

Response revoke(Provider& provider, const Request& request)
{
  const auto form = authenticated_form(provider, request);
  if (!form) return error_response(form.error());
  const auto value = form->get("token");
  if (!value) return oauth_error(400, "invalid_request", "token is missing");
  if (const auto* refresh_token = provider.grants.find_refresh_token(*value)) {
    provider.grants.revoke_family(refresh_token->family);
  } else if (auto* access_token = provider.grants.find_access_token(*value)) {
    access_token->revoked = true;
  }
  return Response{};  // an unknown token is as good as a revoked one: RFC 7009 section 2.2
}

}  // namespace tokend::provider_double
