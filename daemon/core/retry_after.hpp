// Retry-After (RFC 9110 section 10.2.3): seconds or a date. A date is measured against the reply's own Date field where
// there is one, so that a wrong clock here does not turn a minute into a day.
#pragma once
#include <optional>
#include <string_view>

#include "daemon/ports/http_client.hpp"

namespace tokend {

inline constexpr Seconds kLongestRetryAfter{3600};

// 0 .. one hour; a date that has passed is 0; nonsense and negative numbers are nullopt.
std::optional<Seconds> parse_retry_after(std::string_view value, WallTime now);
std::optional<Seconds> retry_after(const HttpReply&, WallTime now);

}  // namespace tokend
