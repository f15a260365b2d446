// What the outcome of a request to a token endpoint means, in two answers:
//   Outcome     what became of the credential that was sent: may it be used again?
//   ErrorClass  what to do: ask the person, wait, or point at the configuration.
// The tables are docs/DESIGN.md's; provider files will add rules before them. Pure: no state, no clock.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "daemon/ports/http_client.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

enum class Outcome {
  kNotSent,   // proven: nothing left
  kRefused,   // the provider decided against it: the credential is not spent
  kAnswered,  // a 2xx that is no error, readable or not: the old credential is superseded
  kInDoubt,   // it left and nothing definite came back
};

enum class ErrorClass {
  kRelogin,     // the credential is dead
  kTransient,   // try again later
  kThrottle,    // try again later, and no sooner than told
  kConfig,      // client, scope or redirect URI: a person must change something
  kConsent,     // the provider wants the person again
  kUserDenied,  // the person said no
  kPending,     // device code: not answered yet
  kSlowDown,    // device code: ask less often, 5 s more from now on
};

struct Judgement {
  Outcome outcome = Outcome::kInDoubt;
  ErrorClass what = ErrorClass::kTransient;  // kAnswered: says nothing
  std::string cause = {};                    // one word of interface.md: "network", "rate_limited", "bad_client" ...
  std::string sentence = {};                 // "auth.example answered 503 (server_error)"; never the body
  std::string error = {};                    // the OAuth error code, escaped; empty if there was none
  int status = 0;                            // of the HTTP answer; 0: there was none
  std::optional<Seconds> retry_after = {};   // what the provider asked for, at most an hour
};

struct Asked {
  AttemptKind kind = AttemptKind::kRefresh;
  std::string_view host = {};  // for the sentence; empty: "the provider"
};

Judgement judge(const HttpOutcome&, const Asked&, WallTime now);

// RFC 6749 section 5.2 and its extensions; unknown codes are kTransient, never kRelogin.
ErrorClass class_of(std::string_view oauth_error, AttemptKind);

}  // namespace tokend
