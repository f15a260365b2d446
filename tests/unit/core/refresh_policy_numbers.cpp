#include "daemon/core/refresh_policy.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

constexpr BootTime kNow{Seconds(1000)};
constexpr double kMost = 0.999999;

TEST_CASE("the margin is the provider's or a third of the lifetime, and jitter makes it up to a fifth longer")
{
  const RefreshRules rules{.margin = Seconds(300)};
  CHECK(refresh_margin(rules, Seconds(3600), 0) == Seconds(300));
  CHECK(refresh_margin(rules, Seconds(900), 0) == Seconds(300));
  CHECK(refresh_margin(rules, Seconds(60), 0) == Seconds(20));
  for (const Seconds lifetime : {Seconds(3600), Seconds(60), Seconds(1)}) {
    const auto least = refresh_margin(rules, lifetime, 0), most = refresh_margin(rules, lifetime, kMost);
    CHECK(most > least);
    CHECK(most <= least * 6 / 5);
    CHECK(most < lifetime);
  }
}

TEST_CASE("a back-off is drawn from one second to two to the failures, at most five minutes")
{
  for (const int failures : {1, 2, 5, 8, 9, 30, 1000}) {
    CAPTURE(failures);
    const Seconds top = failures < 9 ? Seconds(1 << failures) : Seconds(300);
    CHECK(back_off({.failures = failures, .retry_after = {}}, 0) == Seconds(1));
    CHECK(back_off({.failures = failures, .retry_after = {}}, kMost) <= top);
    CHECK(back_off({.failures = failures, .retry_after = {}}, kMost) > top - Milliseconds(10));
  }
}

TEST_CASE("an unreachable provider is waited for at most thirty seconds")
{
  CHECK(back_off({.failures = 9, .retry_after = {}, .unreachable = true}, kMost) <= Seconds(30));
  CHECK(back_off({.failures = 9, .retry_after = {}, .unreachable = true}, kMost) > Seconds(29));
}

TEST_CASE("Retry-After is obeyed to the second, whatever the jitter")
{
  for (const double jitter : {0.0, 0.5, kMost})
    CHECK(back_off({.failures = 9, .retry_after = Seconds(7), .unreachable = true}, jitter) == Seconds(7));
}

TEST_CASE("within the leeway a credential is sent again after 1, 3, 7 and 15 seconds")
{
  const RefreshRules rules{.rotation = RotationClass::kLeeway, .leeway = Seconds(600)};
  BootTime now = kNow;
  int sends = 0;
  for (const int since_first : {1, 3, 7, 15}) {
    const auto age = std::chrono::duration_cast<Seconds>(now - kNow);
    now = send_again_at(rules, {.sends = ++sends, .age = age, .access_expires = kNow + Seconds(3600), .now = now});
    CHECK(now - kNow == Seconds(since_first));
  }
}

TEST_CASE("after eight tenths of the leeway a credential is held like any that rotates")
{
  const RefreshRules rules{.rotation = RotationClass::kLeeway, .leeway = Seconds(600)};
  const BootTime expires = kNow + Seconds(3600);
  CHECK(send_again_at(rules, {.age = Seconds(479), .access_expires = expires, .now = kNow}) == kNow + Seconds(1));
  CHECK(send_again_at(rules, {.age = Seconds(480), .access_expires = expires, .now = kNow}) == expires - Seconds(60));
}

TEST_CASE("when a lost credential is sent again depends on what the provider does to it")
{
  const BootTime expires = kNow + Seconds(3600);
  const auto held_by = [&](RefreshRules rules) {
    return send_again_at(rules, {.access_expires = expires, .now = kNow}) > kNow + Seconds(300);
  };
  CHECK_FALSE(held_by({.rotation = RotationClass::kStatic}));
  CHECK(held_by({.rotation = RotationClass::kStrict}));
  CHECK(held_by({.rotation = RotationClass::kUnknown}));
  CHECK_FALSE(held_by({.rotation = RotationClass::kStrict, .refresh_kills_access = true}));
}

TEST_CASE("nothing is gained by holding a credential back when no access token lives")
{
  CHECK(send_again_at({}, {.access_expires = {}, .now = kNow}) == kNow + Seconds(1));
  CHECK(send_again_at({}, {.access_expires = kNow + Seconds(30), .now = kNow}) == kNow + Seconds(1));
}

TEST_CASE("a wish is capped at two thirds of a known lifetime")
{
  CHECK(satisfiable_ttl(Seconds(30), Seconds(3600)) == Seconds(30));
  CHECK(satisfiable_ttl(Seconds(3000), Seconds(3600)) == Seconds(2400));
  CHECK(satisfiable_ttl(Seconds(3000), std::nullopt) == Seconds(3000));
}

TEST_CASE("every trouble of the disk says that nothing was sent, with a cause and in words of its own")
{
  const auto [trouble, cause, sentence] = GENERATE(table<DiskTrouble, std::string, std::string>({
      {DiskTrouble::kFull, "disk_full", "the disk of the state directory is full"},
      {DiskTrouble::kReadOnly, "disk_read_only", "the state directory is read-only"},
      {DiskTrouble::kIo, "disk_failed", "the disk of the state directory failed"},
      {DiskTrouble::kCorrupt, "disk_failed", "the database is damaged"},
      {DiskTrouble::kStale, "timed_out", "the account changed meanwhile"},
  }));
  CHECK(judge(trouble).outcome == Outcome::kNotSent);
  CHECK(judge(trouble).cause == cause);
  CHECK(judge(trouble).sentence == sentence);
}

}  // namespace
}  // namespace tokend::test
