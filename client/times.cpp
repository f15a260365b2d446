#include "client/times.hpp"

#include <chrono>
#include <ctime>

namespace tokend::client {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour, kMonth = 30 * kDay;

std::string formatted(UnixTime time, const char* format)
{
  const std::time_t seconds = time;
  std::tm parts{};
  char text[32];
  if (!localtime_r(&seconds, &parts)) return "?";
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

std::string duration(std::int64_t seconds)
{
  if (seconds < kMinute) return std::to_string(seconds < 0 ? 0 : seconds) + " s";
  if (seconds < kHour) return std::to_string(seconds / kMinute) + " min";
  if (seconds < kDay) {
    const std::int64_t minutes = seconds % kHour / kMinute;
    return std::to_string(seconds / kHour) + " h" + (minutes ? " " + std::to_string(minutes) + " min" : "");
  }
  if (seconds < 2 * kDay) return "1 day";
  if (seconds < 4 * kMonth) return std::to_string(seconds / kDay) + " days";
  return std::to_string(seconds / kMonth) + " months";
}

std::string ago(UnixTime then, UnixTime now)
{
  if (now - then < kMinute) return "just now";
  const std::int64_t past = now - then;
  return duration(past < kDay ? past - (past >= kHour ? past % kHour : 0) : past) + " ago";  // "2 h ago": no minutes
}

std::string date_and_time(UnixTime time) { return formatted(time, "%Y-%m-%d %H:%M"); }
std::string clock_time(UnixTime time) { return formatted(time, "%H:%M:%S"); }

UnixTime unix_now()
{
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

}  // namespace tokend::client
