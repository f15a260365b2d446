#include "daemon/core/rate_limit.hpp"

#include <algorithm>

namespace tokend {

std::optional<Milliseconds> RateLimit::refuse(BootTime now)
{
  const auto refilled = (now - counted_) / refill_;
  counted_ += refilled * refill_;
  left_ = static_cast<int>(std::min<Milliseconds::rep>(most_, left_ + refilled));
  if (left_ == most_) counted_ = now;
  if (left_ == 0) return refill_ - (now - counted_);
  --left_;
  return std::nullopt;
}

}  // namespace tokend
