// The claims of an ID token (OpenID Connect Core 1.0 section 3.1.3.7). The signature is not verified: the token came
// straight from the token endpoint over TLS, which step 6 accepts in its place. So never use this for a token that came
// any other way.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/ports/time.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct Identity {
  std::string issuer;
  std::string subject;
  std::string label;  // for people: email, preferred_username, name or the subject; escaped already

  bool same_person(const Identity& other) const { return issuer == other.issuer && subject == other.subject; }
  bool operator==(const Identity&) const = default;
};

struct IdTokenRules {
  std::string_view issuer;  // compared byte for byte
  std::string_view client_id;
  std::optional<std::string_view> nonce = {};  // of the authorization request: must be there; none: not looked at
};

inline constexpr Seconds kClockSkew{60};

// kProviderRefused; the reason names the claim. All tokens of a response whose ID token fails stay unused.
Result<Identity> read_id_token(const Secret& id_token, const IdTokenRules&, WallTime now);

// Who an ID token is about that came with a refresh, if that is somebody else (OpenID Connect Core 12.2). nullopt: the
// same person, an issuer that is spelled otherwise and so says nothing, or it cannot be read: nothing of it is used.
std::optional<Identity> another_person(const Secret& id_token, const Identity& before);

}  // namespace tokend
