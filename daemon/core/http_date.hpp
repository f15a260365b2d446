// HTTP dates in their three spellings (RFC 9110 section 5.6.7). `now` decides the century of the two-digit years.
#pragma once
#include <optional>
#include <string_view>

#include "daemon/ports/time.hpp"

namespace tokend {

std::optional<WallTime> parse_http_date(std::string_view, WallTime now);

}  // namespace tokend
