#include "daemon/core/authorization.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/core/form.hpp"
#include "daemon/core/token_request.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

// Those that are always ours, and those that would replace them (a request object, RFC 9101) or carry a secret.
constexpr std::array<std::string_view, 13> kOurs = {
    "response_type",         "client_id", "redirect_uri", "scope",   "state",       "code_challenge",
    "code_challenge_method", "nonce",     "resource",     "request", "request_uri", "client_secret",
    "code_verifier"};

bool is_ours(std::string_view name) { return std::ranges::find(kOurs, name) != kOurs.end(); }

std::unexpected<Error> overrides(std::string_view name, std::string subject)
{
  return fail({.code = ErrorCode::kInvalidDefinition,
               .reason = fmt::format("the parameter {} is tokend's own in an authorization request", name),
               .subject = std::move(subject)});
}

Result<void> check_own_query(const std::string& endpoint)
{
  const auto url = parse_url(endpoint);
  if (!url || !url->query) return {};  // what is wrong with the whole is said by check_openable()
  const auto fields = parse_form(*url->query);
  if (!fields) return {};
  for (const auto& field : *fields)
    if (is_ours(field.name)) return overrides(field.name, "authorizationEndpoint");
  return {};
}

std::vector<FormField> parameters_of(const AuthorizationRequest& request)
{
  std::vector<FormField> fields = {{"response_type", "code"},
                                   {"client_id", std::string(request.client_id)},
                                   {"redirect_uri", std::string(request.redirect_uri)}};
  const auto add = [&](std::string name, std::string_view value) {
    if (!value.empty()) fields.push_back({std::move(name), std::string(value)});
  };
  add("scope", joined(request.scopes));
  add("state", request.state);
  add("code_challenge", request.challenge);
  add("code_challenge_method", "S256");
  add("nonce", request.nonce.value_or(""));
  return fields;
}

}  // namespace

bool asks_for_openid(const std::vector<std::string>& scopes)
{
  return std::ranges::find(scopes, "openid") != scopes.end();
}

Result<void> check_openable(std::string_view url, std::string_view what)
{
  const auto refuse = [&](std::string_view why) {
    return fail({.code = ErrorCode::kProviderRefused,
                 .reason = fmt::format("the {} cannot be opened: it {}", what, why),
                 .cause = "endpoint_changed"});
  };
  const auto read = parse_url(url);
  if (!read) return refuse(read.error().reason);
  if (read->scheme != "https" && !is_literal_loopback(*read))
    return refuse("must be https (http is for 127.0.0.1 and [::1] only)");
  return {};
}

Result<std::string> authorization_url(const AuthorizationRequest& request)
{
  const auto& endpoint = request.provider.authorization_endpoint;
  if (auto checked = check_own_query(endpoint); !checked) return fail(checked.error());
  auto fields = parameters_of(request);
  for (const auto& [name, value] : request.params) {
    if (is_ours(name)) return overrides(name, "params");
    fields.push_back({name, value});
  }
  auto url = append_query(endpoint, fields);
  if (auto checked = check_openable(url, "authorization URL"); !checked) return fail(checked.error());
  return url;
}

}  // namespace tokend
