// Points in time as people read them. The present is an argument; clock times are in the local time zone.
#pragma once
#include <cstdint>
#include <string>

namespace tokend::client {

using UnixTime = std::int64_t;  // seconds

std::string duration(std::int64_t seconds);    // "40 s", "12 min", "1 h 52 min", "88 days", "6 months"
std::string ago(UnixTime then, UnixTime now);  // "just now", "5 min ago"
std::string date_and_time(UnixTime);           // "2026-05-01 09:12"
std::string clock_time(UnixTime);              // "09:14:30"
UnixTime unix_now();

}  // namespace tokend::client
