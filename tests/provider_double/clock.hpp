// The server's wall clock. It can be moved forward, so that tests need not wait for an expiry; it never
// stands still and never goes back.
#pragma once

#include <chrono>

namespace tokend::provider_double {

using Instant = std::chrono::milliseconds;  // since 1970

class Clock {
 public:
  Instant now() const
  {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<Instant>(since_1970) + ahead_;
  }
  void advance(Instant by) { ahead_ += by; }

 private:
  Instant ahead_{0};
};

inline std::int64_t unix_seconds(Instant at) { return std::chrono::duration_cast<std::chrono::seconds>(at).count(); }

}  // namespace tokend::provider_double
