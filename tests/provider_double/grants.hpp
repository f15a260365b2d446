// Consents and everything that was issued from them. One consent is a family (RFC 9700 section 4.14.2):
// a code, then access tokens and refresh tokens. Reuse of a code, or of a superseded refresh token
// outside the leeway, ends the whole family.
// It knows nothing of HTTP and of clients' authentication; times are arguments.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/provider_double/clock.hpp"
#include "tests/provider_double/settings.hpp"

namespace tokend::provider_double {

using ScopeSet = std::set<std::string>;
ScopeSet scope_set(std::string_view space_separated);
std::string scope_text(const ScopeSet& scopes);

struct Family {
  int id = 0;
  std::string subject;  // empty: the client itself
  ScopeSet scopes;
  bool revoked = false;
};

struct Code {
  int family = 0;
  std::string redirect_uri;
  std::string challenge;  // empty: none was given
  std::string nonce;
  Instant expires_at{};
  bool spent = false;
};

struct RefreshToken {
  int family = 0;
  std::optional<Instant> superseded_at;
};

struct AccessToken {
  int family = 0;
  ScopeSet scopes;
  Instant expires_at{};
  bool revoked = false;
};

class Grants {
 public:
  int open_family(std::string subject, ScopeSet scopes);
  Family& family(int id) { return families_.at(id); }
  void revoke_family(int id);

  std::string issue_code(Code code);
  std::string issue_refresh_token(int family);
  std::string issue_access_token(int family, ScopeSet scopes, Instant expires_at);

  Code* find_code(std::string_view value);
  RefreshToken* find_refresh_token(std::string_view value);
  AccessToken* find_access_token(std::string_view value);

  bool is_outside_leeway(const RefreshToken& token, const Settings& settings, Instant now) const;
  const AccessToken* live_access_token(std::string_view value, Instant now) const;
  std::size_t live_access_tokens(Instant now) const;
  void revoke_access_tokens(int family);

 private:
  bool is_live(const AccessToken& token, Instant now) const;

  std::map<int, Family> families_;
  std::map<std::string, Code, std::less<>> codes_;
  std::map<std::string, RefreshToken, std::less<>> refresh_tokens_;
  std::map<std::string, AccessToken, std::less<>> access_tokens_;
};

}  // namespace tokend::provider_double
