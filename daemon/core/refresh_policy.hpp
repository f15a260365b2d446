// When to refresh, how long to back off, when a credential in doubt may be sent again. Pure arithmetic over the rules
// of a provider; the grant asks, the numbers are docs/DESIGN.md's. jitter is uniform in [0, 1).
#pragma once
#include <optional>
#include <string_view>

#include "daemon/core/error_rules.hpp"
#include "daemon/core/provider.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/ports/time.hpp"

namespace tokend {

inline constexpr Seconds kDefaultMinTtl{30};
inline constexpr Seconds kLastMinuteTtl{2};    // served when refreshing fails and no minTtl was asked for
inline constexpr Seconds kDoubtHeldUntil{60};  // left of the access token when a strict provider is asked again

// How long before expiry: min(margin, a third of the lifetime) times 1.0 to 1.2, so jitter only makes it earlier.
Milliseconds refresh_margin(const RefreshRules&, Seconds lifetime, double jitter);

// What providers call no time at all is read as a second. Every caller would have such a token asked for, so the next
// one is asked for so long after the last at the soonest.
constexpr bool is_short(Seconds lifetime) { return lifetime <= Seconds(1); }
inline constexpr Seconds kLeastDistance{5};

// Ahead of expiry. nullopt: it is refreshed on request only.
std::optional<BootTime> refresh_time(const RefreshRules&, BootTime expires, Seconds lifetime, double jitter);

// What a caller can be granted: two thirds of the lifetime that the provider last gave at most.
Seconds satisfiable_ttl(Seconds asked, std::optional<Seconds> lifetime);

// The provider was never talked to: a caller may find it reachable again long before the back-off is over.
bool is_unreachable(std::string_view cause);
inline constexpr Seconds kPatienceOfCallers{2};  // after the last try; then one is made for a caller

// Full jitter over 1 .. min(cap, 2^failures) seconds; a Retry-After is obeyed instead.
struct BackOff {
  int failures = 1;
  std::optional<Seconds> retry_after;
  bool unreachable = false;  // capped at 30 s instead of 300
};
Milliseconds back_off(const BackOff&, double jitter);

// When the same credential may be sent again after an answer was lost.
struct Doubt {
  int sends = 1;
  Seconds age{};                           // since the first send, by the wall clock
  std::optional<BootTime> access_expires;  // of the newest live access token
  BootTime now;
  double jitter = 0;
};
BootTime send_again_at(const RefreshRules&, const Doubt&);

// When a refresh token ends by itself, as its provider announced it.
struct RefreshEnd {
  WallTime at{};
  bool fixed = false;  // using the token has not moved it

  bool operator==(const RefreshEnd&) const = default;
};
// After an answer to a request that left at `sent`. Where it brought no new token and no new end, the old one stands.
std::optional<RefreshEnd> end_after(const std::optional<RefreshEnd>& held, const TokenResponse&, WallTime sent);

// When a refresh token that nobody needs is used, so that it does not die of disuse: at two thirds of its time.
// nullopt: disuse does not end it, as far as anybody knows.
std::optional<WallTime> keep_alive_at(const RefreshRules&, WallTime issued, const std::optional<RefreshEnd>&);

// A disk that refused: nothing was sent, or what was saved is not durable.
Judgement judge(DiskTrouble);

}  // namespace tokend
