// The authorization endpoint and its consent page. A request whose client or redirect URI is not known
// is never redirected (RFC 6749 section 4.1.2.1): its user sees a page.
#include <optional>

#include "tests/provider_double/endpoints.hpp"
#include "tests/provider_double/pages.hpp"
#include "tests/provider_double/redirect_uri.hpp"
#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

struct Refusal {
  std::string error;
  std::string description;
};

constexpr std::size_t kChallengeLength = 43;  // base64url of 32 bytes

Response redirected(const Provider& provider, const AuthorizationRequest& request,
                    std::vector<std::pair<std::string, std::string>> parameters)
{
  if (!request.state.empty()) parameters.emplace_back("state", request.state);
  if (provider.settings.iss == IssParameter::sent) parameters.emplace_back("iss", provider.settings.issuer);
  if (provider.settings.iss == IssParameter::wrong) parameters.emplace_back("iss", "https://someone-else.example");
  return redirect_to(with_parameters(request.redirect_uri, parameters));
}

Response allowed(Provider& provider, const AuthorizationRequest& request, std::string user)
{
  const int family = provider.grants.open_family(std::move(user), request.scopes);
  const auto code = provider.grants.issue_code({.family = family,
                                                .redirect_uri = request.redirect_uri,
                                                .challenge = request.challenge,
                                                .nonce = request.nonce,
                                                .expires_at = provider.clock.now() + provider.settings.code_ttl});
  provider.ledger.issued("code", code);
  return redirected(provider, request, {{"code", code}});
}

std::optional<Refusal> challenge_refusal(const Settings& settings, const Parameters& query)
{
  const auto challenge = query.get("code_challenge");
  if (!challenge && !settings.require_pkce) return std::nullopt;
  if (!challenge) return Refusal{"invalid_request", "code_challenge is missing"};
  if (query.get_or("code_challenge_method", "plain") != "S256") {
    return Refusal{"invalid_request", "code_challenge_method must be S256"};
  }
  if (challenge->size() != kChallengeLength) return Refusal{"invalid_request", "code_challenge has a wrong length"};
  return std::nullopt;
}

std::optional<Refusal> refusal(const Provider& provider, const Parameters& query)
{
  if (query.get_or("response_type", "") != "code") return Refusal{"unsupported_response_type", "only code is known"};
  if (query.get_or("response_mode", "query") != "query") return Refusal{"invalid_request", "only query is known"};
  if (auto found = challenge_refusal(provider.settings, query)) return found;
  if (provider.grantable(scope_set(query.get_or("scope", provider.settings.default_scope))).empty()) {
    return Refusal{"invalid_scope", "nothing of this scope can be granted"};
  }
  return std::nullopt;
}

Response refused_page(std::string_view line)
{
  return html_response(400, message_page("This request cannot be answered", line));
}

}  // namespace

Response authorize(Provider& provider, const Request& http)
{
  const auto& query = http.query;
  const auto redirect_uri = query.get_or("redirect_uri", "");
  if (query.repeated()) return refused_page("A parameter stands in the address twice.");
  if (query.get_or("client_id", "") != provider.settings.client_id) return refused_page("The client_id is not known.");
  if (!is_registered(provider.settings, redirect_uri)) {
    return refused_page("The redirect_uri is not registered: " + redirect_uri);
  }
  AuthorizationRequest request{
      .redirect_uri = redirect_uri,
      .state = query.get_or("state", ""),
      .challenge = query.get_or("code_challenge", ""),
      .nonce = query.get_or("nonce", ""),
      .scopes = provider.grantable(scope_set(query.get_or("scope", provider.settings.default_scope)))};
  if (const auto found = refusal(provider, query)) {
    return redirected(provider, request, {{"error", found->error}, {"error_description", found->description}});
  }
  if (provider.settings.auto_consent) return allowed(provider, request, provider.settings.user);
  const auto id = random_string("");
  const auto page = consent_page(provider.settings, {.request = id, .scopes = scope_text(request.scopes)});
  provider.waiting_for_consent[id] = std::move(request);
  return html_response(200, page);
}

Response consent(Provider& provider, const Request& http)
{
  const auto form = Parameters::parse(http.body);
  auto waiting = provider.waiting_for_consent.extract(form ? form->get_or("request", "") : "");
  if (!waiting) return refused_page("This page has been used already, or never was ours.");
  if (form->get_or("decision", "") != "allow") {
    return redirected(provider, waiting.mapped(),
                      {{"error", "access_denied"}, {"error_description", "The user said no."}});
  }
  return allowed(provider, waiting.mapped(), form->get_or("user", provider.settings.user));
}

}  // namespace tokend::provider_double
