// How much is logged. The numbers are those of syslog(3), which the journal understands.
#pragma once
#include <optional>
#include <string_view>

namespace tokend {

enum class LogLevel { kError = 3, kWarn = 4, kInfo = 6, kDebug = 7 };
std::optional<LogLevel> log_level_from(std::string_view);  // "error", "warn", "info", "debug"

}  // namespace tokend
