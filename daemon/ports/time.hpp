// The two clocks. BootTime counts through suspend and never steps: every deadline is one. WallTime is what is stored
// and shown. Neither has a now(): time is an argument (style rule 18), the Loop is its source.
#pragma once
#include <chrono>

namespace tokend {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;

struct BootClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;
using WallTime = std::chrono::sys_seconds;

struct Now {
  BootTime boot;
  WallTime wall;
};

}  // namespace tokend
