// Times and counts as rows and files have them in the clear. Anybody who can edit them can write any number; one that
// no clock shows, or that nobody counts to, is read as the nearest one that can be, so that all arithmetic with it ends
// and no login is lost for a date. What must be true of a row lies in its seal.
#pragma once
#include <algorithm>
#include <cstdint>

#include "daemon/ports/time.hpp"

namespace tokend {

inline constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999
inline constexpr std::int64_t kLastDay = kLastSecond / 86'400;

inline WallTime stored_wall_time(std::int64_t seconds)
{
  return WallTime(Seconds(std::clamp<std::int64_t>(seconds, 0, kLastSecond)));
}
inline BootTime stored_boot_time(std::int64_t milliseconds)
{
  return BootTime(Milliseconds(std::clamp<std::int64_t>(milliseconds, 0, kLastSecond * 1000)));
}
inline std::int64_t stored_day(std::int64_t days) { return std::clamp<std::int64_t>(days, 0, kLastDay); }
inline int stored_count(std::int64_t count) { return static_cast<int>(std::clamp<std::int64_t>(count, 0, 1'000'000)); }

}  // namespace tokend
