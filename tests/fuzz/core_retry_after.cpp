// Any bytes as Retry-After: no crash, and never more than an hour or less than nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/core/retry_after.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const tokend::WallTime now{tokend::Seconds(1795471200)};
  const auto wait = tokend::parse_retry_after({reinterpret_cast<const char*>(bytes), size}, now);
  if (wait && (*wait < tokend::Seconds(0) || *wait > tokend::kLongestRetryAfter)) std::abort();
  return 0;
}
