// So many at once, then one every so often: a bucket that refills with time, without a clock of its own.
#pragma once
#include <optional>

#include "daemon/ports/time.hpp"

namespace tokend {

class RateLimit {
 public:
  RateLimit(int burst, Milliseconds refill) : most_(burst), left_(burst), refill_(refill) {}

  // Takes one. Else the time until there is one; nothing is taken.
  std::optional<Milliseconds> refuse(BootTime now);

 private:
  int most_, left_;
  Milliseconds refill_;
  BootTime counted_{};  // left_ is of this moment
};

}  // namespace tokend
