// The token endpoint: authenticates the client, hands over to the grant type, writes the answer and notes
// everything in the ledger.
#include "tests/provider_double/token_endpoint.hpp"

#include <array>

#include "tests/provider_double/endpoints.hpp"
#include "tests/provider_double/token_grants.hpp"

namespace tokend::provider_double {
namespace {

struct GrantType {
  std::string_view name;
  std::string_view credential;  // the parameter that is spent
  Entitled (*redeem)(Provider&, const Parameters&);
};

constexpr std::array kGrantTypes = {
    GrantType{"authorization_code", "code", redeem_code},
    GrantType{"refresh_token", "refresh_token", redeem_refresh_token},
    GrantType{"urn:ietf:params:oauth:grant-type:device_code", "device_code", redeem_device_code},
    GrantType{"client_credentials", "", client_credentials},
};

const GrantType* grant_type_named(std::string_view name)
{
  for (const auto& type : kGrantTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

Entitled entitled(Provider& provider, const Request& request)
{
  const auto form = authenticated_form(provider, request);
  if (!form) return std::unexpected(form.error());
  const auto* type = grant_type_named(form->get_or("grant_type", ""));
  if (type == nullptr) return std::unexpected(OAuthError{400, "unsupported_grant_type", "unknown grant_type"});
  return type->redeem(provider, *form);
}

std::string issued(Provider& provider, std::string_view kind, std::string secret)
{
  provider.ledger.issued(kind, secret);
  return secret;
}

std::string id_token(Provider& provider, const Entitlement& entitlement)
{
  const auto now = provider.clock.now();
  const auto& settings = provider.settings;
  return provider.signer.sign({.issuer = settings.issuer,
                               .subject = provider.grants.family(entitlement.family).subject,
                               .audience = settings.client_id,
                               .nonce = entitlement.nonce,
                               .issued_at = now,
                               .expires_at = now + settings.access_ttl});
}

JsonObject token_answer(Provider& provider, const Entitlement& entitlement)
{
  const auto& settings = provider.settings;
  const auto expires_at = provider.clock.now() + settings.access_ttl;
  const int family = entitlement.family;
  JsonObject answer;
  answer.text("access_token", issued(provider, "access_token",
                                     provider.grants.issue_access_token(family, entitlement.scopes, expires_at)));
  answer.text("token_type", "Bearer");
  if (settings.send_expires_in) answer.number("expires_in", settings.access_ttl.count());
  if (entitlement.refresh_token) {
    answer.text("refresh_token", issued(provider, "refresh_token", provider.grants.issue_refresh_token(family)));
  }
  answer.text("scope", scope_text(entitlement.scopes));
  const bool has_user = !provider.grants.family(family).subject.empty();
  if (settings.send_id_token && has_user && entitlement.scopes.contains("openid")) {
    answer.text("id_token", issued(provider, "id_token", id_token(provider, entitlement)));
  }
  return answer;
}

}  // namespace

TokenRequest described(Provider& provider, const Request& request)
{
  const auto form = Parameters::parse(request.body).value_or(Parameters{});
  TokenRequest record{.at = provider.clock.now(), .grant_type = form.get_or("grant_type", "")};
  const auto* type = grant_type_named(record.grant_type);
  if (type != nullptr) record.credential = form.get_or(type->credential, "");
  const auto* token = provider.grants.find_refresh_token(record.credential);
  record.outside_leeway = token != nullptr && provider.grants.is_outside_leeway(*token, provider.settings, record.at);
  return record;
}

Response token(Provider& provider, const Request& request)
{
  auto& record = provider.ledger.begin_token_request(described(provider, request));
  const auto entitlement = entitled(provider, request);
  record.outcome = entitlement ? "ok" : entitlement.error().error;
  if (!entitlement) return error_response(entitlement.error());
  return json_response(200, token_answer(provider, *entitlement));
}

}  // namespace tokend::provider_double
