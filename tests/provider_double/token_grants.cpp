#include "tests/provider_double/token_grants.hpp"

#include <algorithm>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

constexpr std::size_t kShortestVerifier = 43;
constexpr std::size_t kLongestVerifier = 128;

std::unexpected<OAuthError> refused(std::string error, std::string description)
{
  return std::unexpected(OAuthError{400, std::move(error), std::move(description)});
}

bool is_right_verifier(const Code& code, const std::string& verifier)
{
  if (code.challenge.empty()) return verifier.empty();
  if (verifier.size() < kShortestVerifier || verifier.size() > kLongestVerifier) return false;
  return pkce_challenge(verifier) == code.challenge;
}

// The scope of a refresh: what was granted, or less.
std::expected<ScopeSet, OAuthError> narrowed(const ScopeSet& granted, const Parameters& form)
{
  const auto asked = form.get("scope");
  if (!asked) return granted;
  auto scopes = scope_set(*asked);
  if (!std::ranges::includes(granted, scopes)) return refused("invalid_scope", "more than was granted");
  return scopes;
}

}  // namespace

Entitled redeem_code(Provider& provider, const Parameters& form)
{
  const auto verifier = form.get_or("code_verifier", "");
  provider.ledger.issued("code_verifier", verifier);
  auto* code = provider.grants.find_code(form.get_or("code", ""));
  if (code == nullptr) return refused("invalid_grant", "unknown code");
  if (code->spent) {
    provider.grants.revoke_family(code->family);
    return refused("invalid_grant", "the code was used before; everything issued from it is revoked");
  }
  code->spent = true;  // whatever comes now: one try
  if (provider.clock.now() >= code->expires_at) return refused("invalid_grant", "the code has expired");
  if (form.get_or("redirect_uri", "") != code->redirect_uri) return refused("invalid_grant", "another redirect_uri");
  if (!is_right_verifier(*code, verifier)) return refused("invalid_grant", "wrong code_verifier");
  return Entitlement{code->family, provider.grants.family(code->family).scopes, true, code->nonce};
}

Entitled redeem_refresh_token(Provider& provider, const Parameters& form)
{
  auto& grants = provider.grants;
  const auto now = provider.clock.now();
  auto* token = grants.find_refresh_token(form.get_or("refresh_token", ""));
  if (token == nullptr) return refused("invalid_grant", "unknown refresh token");
  if (grants.is_outside_leeway(*token, provider.settings, now)) {
    grants.revoke_family(token->family);
    return refused("invalid_grant", "a superseded refresh token was used; the login is revoked");
  }
  const auto& family = grants.family(token->family);
  if (family.revoked) return refused("invalid_grant", "the login was revoked");
  auto scopes = narrowed(family.scopes, form);
  if (!scopes) return std::unexpected(scopes.error());
  const bool rotates = provider.settings.rotation != Rotation::never;
  if (rotates && !token->superseded_at) token->superseded_at = now;
  if (provider.settings.refresh_ends_access_token) grants.revoke_access_tokens(family.id);
  return Entitlement{family.id, std::move(*scopes), rotates, {}};
}

Entitled redeem_device_code(Provider& provider, const Parameters& form)
{
  const auto now = provider.clock.now();
  auto* request = provider.devices.find(form.get_or("device_code", ""));
  if (request == nullptr || request->spent) return refused("invalid_grant", "unknown device code");
  if (now >= request->expires_at) return refused("expired_token", "the device code has expired");
  if (DeviceRequests::polled_too_fast(*request, now)) return refused("slow_down", "poll 5 seconds slower");
  if (request->decision == DeviceDecision::pending) return refused("authorization_pending", "nobody has decided yet");
  request->spent = true;
  if (request->decision == DeviceDecision::denied) return refused("access_denied", "the user said no");
  const int family = provider.grants.open_family(request->subject, request->scopes);
  return Entitlement{family, request->scopes, true, {}};
}

Entitled client_credentials(Provider& provider, const Parameters& form)
{
  if (provider.settings.client_secret.empty()) return refused("unauthorized_client", "not for public clients");
  auto scopes = provider.grantable(scope_set(form.get_or("scope", provider.settings.default_scope)));
  if (scopes.empty()) return refused("invalid_scope", "nothing of this scope can be granted");
  const int family = provider.grants.open_family("", scopes);
  return Entitlement{family, std::move(scopes), false, {}};
}

}  // namespace tokend::provider_double
