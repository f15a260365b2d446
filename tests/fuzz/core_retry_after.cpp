// Any bytes as Retry-After: no crash, and never more than an hour or less than nothing.
#include <cstddef>
#include <cstdint>

#include "daemon/core/retry_after.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const tokend::WallTime now{tokend::Seconds(1795471200)};
  const auto wait = tokend::parse_retry_after(tokend::fuzz::text_of(bytes, size), now);
  if (wait) tokend::fuzz::check(*wait >= tokend::Seconds(0) && *wait <= tokend::kLongestRetryAfter);
  return 0;
}
