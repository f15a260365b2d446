// What makes a definition valid. Each rule says what is wrong and, where that is not plain, what would do.
#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/core/definition.hpp"
#include "daemon/core/redirect.hpp"
#include "daemon/core/url.hpp"
#include "proto/utf8.hpp"

namespace tokend {
namespace {

constexpr std::size_t kMostItems = 256;
constexpr std::size_t kLongestText = 2048;

// What the authorization and device requests say themselves, and what would replace them altogether (RFC 9101).
constexpr std::string_view kOurParameters[] = {
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "iss",
    "nonce",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
};

std::unexpected<Error> wrong(std::string_view field, std::string why)
{
  return fail({.code = ErrorCode::kInvalidDefinition, .reason = std::move(why), .subject = std::string(field)});
}

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_text(std::string_view text)
{
  const auto control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; };
  return text.size() <= kLongestText && is_utf8(text) && std::ranges::none_of(text, control);
}

Result<void> check_client(const AccountDefinition& definition)
{
  const std::string& id = definition.client_id;
  if (id.empty()) return wrong("clientId", "a client id is needed: the provider shows it where the app is registered");
  if (id.size() > kLongestText || !is_printable(id))
    return wrong("clientId", "the client id has a character that no client id may have, or is longer than 2048");
  if (definition.flow == Flow::kClientCredentials && definition.client_auth == ClientAuth::kNone)
    return wrong("clientAuth", "client_credentials needs a client that authenticates: basic or post");
  return {};
}

Result<void> check_endpoint(std::string_view field, const std::string& url, bool insecure_loopback)
{
  if (url.empty()) return {};
  if (auto parsed = parse_endpoint(url, insecure_loopback); !parsed)
    return wrong(field, std::string(field) + " " + parsed.error().reason);
  return {};
}

Result<void> check_endpoints(const AccountDefinition& definition)
{
  const std::pair<std::string_view, const std::string&> endpoints[] = {
      {"issuer", definition.issuer},
      {"authorizationEndpoint", definition.authorization_endpoint},
      {"tokenEndpoint", definition.token_endpoint},
      {"deviceEndpoint", definition.device_endpoint},
      {"revocationEndpoint", definition.revocation_endpoint},
  };
  for (const auto& [field, url] : endpoints)
    if (auto checked = check_endpoint(field, url, definition.insecure_loopback); !checked) return checked;
  if (definition.issuer.contains('?'))
    return wrong("issuer", "issuer has a query (?...), which RFC 8414 does not allow");
  return {};
}

Result<void> check_presence(const AccountDefinition& definition)
{
  if (!definition.issuer.empty()) return {};
  if (definition.token_endpoint.empty() && definition.authorization_endpoint.empty())
    return wrong("issuer", "a provider is needed: an issuer, or an authorization and a token endpoint");
  if (definition.token_endpoint.empty()) return wrong("tokenEndpoint", "without an issuer a token endpoint is needed");
  if (definition.flow == Flow::kCode && definition.authorization_endpoint.empty())
    return wrong("authorizationEndpoint", "flow code needs an authorization endpoint, or an issuer that names it");
  if (definition.flow == Flow::kDevice && definition.device_endpoint.empty())
    return wrong("deviceEndpoint", "flow device needs a device authorization endpoint, or an issuer that names it");
  return {};
}

Result<void> check_scopes(const AccountDefinition& definition)
{
  if (definition.scopes.size() > kMostItems) return wrong("scopes", "there are more than 256 scopes");
  const bool openid = std::ranges::find(definition.scopes, "openid") != definition.scopes.end();
  if (openid && definition.issuer.empty())
    return wrong("scopes", "the scope openid needs an issuer: without one nothing says whose ID token is right");
  if (!std::ranges::all_of(definition.scopes, is_scope))
    return wrong("scopes",
                 "a scope is empty or has a space, a quote, a backslash or a character outside ASCII: give "
                 "each scope by itself");
  return {};
}

// A token that is sent over plain http to another machine belongs to everybody on the way.
Result<void> check_urls(const AccountDefinition& definition)
{
  if (definition.urls.size() > kMostItems) return wrong("urls", "there are more than 256 URLs");
  for (const std::string& text : definition.urls) {
    const auto url = parse_url(text);
    if (!url) return wrong("urls", "a URL of the account " + url.error().reason);
    if (url->scheme != "https" && !is_loopback(*url))
      return wrong("urls", "a URL of the account must be https (http is for this machine only)");
    if (url->query || url->fragment) return wrong("urls", "a URL of the account has a query or a fragment");
  }
  return {};
}

Result<void> check_params(const AccountDefinition& definition)
{
  if (definition.params.size() > kMostItems) return wrong("params", "there are more than 256 parameters");
  for (const auto& [name, value] : definition.params) {
    if (name.empty() || name.size() > 128 || !is_printable(name) || !is_text(value))
      return wrong("params", "a parameter has no name, a control character, or more than 2048 characters");
    if (std::ranges::find(kOurParameters, name) != std::end(kOurParameters))
      return wrong("params", "the parameter " + name + " is tokend's own and cannot be given");
  }
  return {};
}

Result<void> check_vars(const AccountDefinition& definition)
{
  if (definition.vars.size() > kMostItems) return wrong("vars", "there are more than 256 variables");
  for (const auto& [name, value] : definition.vars)
    if (name.empty() || name.size() > 128 || !is_printable(name) || !is_text(value))
      return wrong("vars", "a variable has no name, a control character, or more than 2048 characters");
  return {};
}

Result<void> check_redirect(const AccountDefinition& definition)
{
  if (definition.redirect_uri.empty()) return {};
  if (auto parsed = parse_redirect_uri(definition.redirect_uri); !parsed) return fail(parsed.error());
  return {};
}

}  // namespace

bool is_scope(std::string_view scope)
{
  const auto allowed = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
  return !scope.empty() && scope.size() <= kLongestText && std::ranges::all_of(scope, allowed);
}

Result<void> validate(const AccountDefinition& definition)
{
  constexpr Result<void> (*kChecks[])(const AccountDefinition&) = {check_endpoints, check_presence, check_client,
                                                                   check_scopes,    check_redirect, check_urls,
                                                                   check_params,    check_vars};
  for (const auto check : kChecks)
    if (auto checked = check(definition); !checked) return checked;
  return {};
}

}  // namespace tokend
