// The wall clock is set while a grant lives: what rests on it follows, what does not stays.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

constexpr std::chrono::years kLong{10};

struct Clock : GrantBench {
  void step(Seconds by)
  {
    now.wall += by;
    on(ClockStepped{});
  }
  void start_with(AccessToken token)
  {
    Grant::Restored found;
    found.credential = RefreshToken{{"sealed"}, {}, {}};
    found.generation = Generation{4};
    found.tokens.push_back(std::move(token));
    restore(std::move(found));
  }
  // As a start makes it of what is on disk, by a clock that may be wrong.
  AccessToken minted_before(Seconds ago) const
  {
    AccessToken token{.minted_wall = now.wall - ago, .lifetime = Seconds(3600), .restored = true};
    token.expires = now.boot + std::min(Seconds(3600) - ago, Seconds(3600));
    return token;
  }
  bool usable() const { return grant.usable({}, Seconds(0), now.boot) != nullptr; }
};

TEST_CASE_METHOD(Clock, "a token that was minted since the start keeps its deadline, wherever the clock goes")
{
  refresh();
  const auto wake = grant.next_wake();
  step(kLong);
  CHECK(usable());
  step(-2 * kLong);
  CHECK(usable());
  CHECK(grant.next_wake() == wake);
  later(Seconds(3600));
  CHECK_FALSE(usable());
}

TEST_CASE_METHOD(Clock, "a token whose request was under way when the clock went back is dated by the later clock")
{
  ask();
  step(-kLong);
  later(Seconds(1));
  REQUIRE(answer(minted()) == "keep");
  REQUIRE(kept() == "save");
  saved();
  CHECK(grant.newest({})->minted_wall <= now.wall);
}

TEST_CASE_METHOD(Clock, "a token that was found by a clock that was slow ends when the clock is put right")
{
  start_with(minted_before(-kLong));
  REQUIRE(usable());
  step(kLong + Seconds(3600));
  CHECK_FALSE(usable());
  CHECK(on(TimePassed{}) == "background slot");
}

TEST_CASE_METHOD(Clock, "a token that was found does not live longer when the clock goes back")
{
  start_with(minted_before(Seconds(600)));
  step(-kLong);
  later(Seconds(3000));
  CHECK_FALSE(usable());
}

TEST_CASE_METHOD(Clock, "a token whose answer was read after a boot rests on its clock like those that were found")
{
  Grant::Restored found;
  found.credential = RefreshToken{{"sealed"}, {}, {}};
  found.generation = Generation{4};
  found.attempt = Attempt{.id = AttemptId{7}, .from = Generation{4}, .sends = 1, .at = now.boot, .sent = now.wall};
  found.attempt->restored = true;  // of another boot
  found.reply = std::move(*minted(60));
  restore(std::move(found));
  kept();
  saved();
  REQUIRE(usable());
  step(Seconds(3600));
  CHECK_FALSE(usable());
}

TEST_CASE_METHOD(Clock, "what dies of disuse is counted anew")
{
  Grant::Restored found;
  found.credential = RefreshToken{{"sealed"}, RefreshEnd{now.wall + kLong + Seconds(300)}, now.wall + kLong};
  found.generation = Generation{4};
  restore(std::move(found));
  CHECK(until(*grant.next_wake()) > kLong);
  step(kLong);
  CHECK(until(*grant.next_wake()) == Seconds(200));
}

}  // namespace
}  // namespace tokend::test
