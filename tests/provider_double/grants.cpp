#include "tests/provider_double/grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

template <typename Map> auto* found_in(Map& map, std::string_view key)
{
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

ScopeSet scope_set(std::string_view space_separated)
{
  std::istringstream words{std::string(space_separated)};
  ScopeSet scopes;
  for (std::string word; words >> word;) scopes.insert(word);
  return scopes;
}

std::string scope_text(const ScopeSet& scopes) { return fmt::format("{}", fmt::join(scopes, " ")); }

int Grants::open_family(std::string subject, ScopeSet scopes)
{
  const int id = static_cast<int>(families_.size()) + 1;
  families_[id] = {.id = id, .subject = std::move(subject), .scopes = std::move(scopes)};
  return id;
}

void Grants::revoke_family(int id)
{
  families_.at(id).revoked = true;
  revoke_access_tokens(id);
}

std::string Grants::issue_code(Code code)
{
  auto value = random_string("pd-code-");
  codes_[value] = std::move(code);
  return value;
}

std::string Grants::issue_refresh_token(int family)
{
  auto value = random_string("pd-refresh-");
  refresh_tokens_[value] = {.family = family, .superseded_at = {}};
  return value;
}

std::string Grants::issue_access_token(int family, ScopeSet scopes, Instant expires_at)
{
  auto value = random_string("pd-access-");
  access_tokens_[value] = {.family = family, .scopes = std::move(scopes), .expires_at = expires_at};
  return value;
}

Code* Grants::find_code(std::string_view value) { return found_in(codes_, value); }
RefreshToken* Grants::find_refresh_token(std::string_view value) { return found_in(refresh_tokens_, value); }
AccessToken* Grants::find_access_token(std::string_view value) { return found_in(access_tokens_, value); }

bool Grants::is_outside_leeway(const RefreshToken& token, const Settings& settings, Instant now) const
{
  if (!token.superseded_at) return false;
  return settings.rotation != Rotation::leeway || now > *token.superseded_at + settings.leeway;
}

bool Grants::is_live(const AccessToken& token, Instant now) const
{
  return !token.revoked && now < token.expires_at && !families_.at(token.family).revoked;
}

const AccessToken* Grants::live_access_token(std::string_view value, Instant now) const
{
  const auto* token = found_in(access_tokens_, value);
  return token != nullptr && is_live(*token, now) ? token : nullptr;
}

std::size_t Grants::live_access_tokens(Instant now) const
{
  return static_cast<std::size_t>(
      std::ranges::count_if(access_tokens_, [&](const auto& entry) { return is_live(entry.second, now); }));
}

void Grants::revoke_access_tokens(int family)
{
  for (auto& [value, token] : access_tokens_) {
    if (token.family == family) token.revoked = true;
  }
}

}  // namespace tokend::provider_double
