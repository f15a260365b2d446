#include "daemon/core/rate_limit.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr BootTime at(int seconds) { return BootTime(Seconds(5000 + seconds)); }

TEST_CASE("a burst is let through, then one at a time")
{
  RateLimit limit(3, Seconds(60));
  for (int i = 0; i < 3; ++i) CHECK(limit.refuse(at(0)) == std::nullopt);
  CHECK(limit.refuse(at(0)) == Seconds(60));
  CHECK(limit.refuse(at(59)) == Seconds(1));
  CHECK(limit.refuse(at(60)) == std::nullopt);
  CHECK(limit.refuse(at(60)) == Seconds(60));
  CHECK(limit.refuse(at(61)) == Seconds(59));
}

TEST_CASE("a rest refills the burst and no more")
{
  RateLimit limit(2, Seconds(10));
  limit.refuse(at(0));
  limit.refuse(at(0));
  for (int i = 0; i < 2; ++i) CHECK(limit.refuse(at(100'000)) == std::nullopt);
  CHECK(limit.refuse(at(100'000)) == Seconds(10));
}

}  // namespace
}  // namespace tokend
