// A refresh token that nobody needs is used before it dies of disuse.
#include "daemon/core/refresh_policy.hpp"
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

constexpr WallTime kIssued{Seconds(1'000'000)};

TokenResponse response(std::optional<Seconds> refresh_expires_in, std::string refresh_token = "rt")
{
  TokenResponse minted;
  minted.refresh_token = Secret(std::move(refresh_token));
  minted.refresh_expires_in = refresh_expires_in;
  return minted;
}

HttpOutcome ending_in(Seconds end)
{
  return grant_reply(200, R"({"access_token":"at","refresh_token":"rt","expires_in":60,"refresh_expires_in":)" +
                              std::to_string(end.count()) + "}");
}

struct Unused : GrantBench {
  Unused() { grant.set_habits(true, true); }
  void refresh_to(Seconds end)
  {
    send();
    REQUIRE(answer(ending_in(end)) == "keep");
    REQUIRE(kept() == "save");
    REQUIRE(saved() == "publish, give slot");
  }
  void mint(Seconds end)
  {
    REQUIRE(want() == "slot");
    refresh_to(end);
  }
};

TEST_CASE("a token whose end is not known does not die of disuse")
{
  CHECK_FALSE(keep_alive_at({}, kIssued, std::nullopt));
}

TEST_CASE("a token is used at two thirds of the time that its provider lets it lie, or that it announced")
{
  const RefreshRules idle{.idle = Seconds(3000)};
  CHECK(keep_alive_at(idle, kIssued, std::nullopt) == kIssued + Seconds(2000));
  CHECK(keep_alive_at({}, kIssued, RefreshEnd{kIssued + Seconds(900)}) == kIssued + Seconds(600));
  CHECK(keep_alive_at(idle, kIssued, RefreshEnd{kIssued + Seconds(900)}) == kIssued + Seconds(600));
}

TEST_CASE("an end that using the token does not move is no reason to use it")
{
  CHECK_FALSE(keep_alive_at({}, kIssued, RefreshEnd{kIssued + Seconds(900), true}));
}

TEST_CASE("a token is not used more often than once a minute for its own sake")
{
  CHECK(keep_alive_at({}, kIssued, RefreshEnd{kIssued + Seconds(30)}) == kIssued + Seconds(60));
  CHECK_FALSE(keep_alive_at({}, kIssued, RefreshEnd{kIssued}));
}

TEST_CASE("an end that is announced anew and has not moved is fixed")
{
  const RefreshEnd held{kIssued + Seconds(900)};
  CHECK(end_after(std::nullopt, response(Seconds(900)), kIssued) == held);
  CHECK(end_after(held, response(Seconds(900)), kIssued + Seconds(300)) == RefreshEnd{held.at + Seconds(300), false});
  CHECK(end_after(held, response(Seconds(600)), kIssued + Seconds(300)) == RefreshEnd{held.at, true});
}

TEST_CASE("an end that is not announced anew stands with its token, and goes with it")
{
  const RefreshEnd held{kIssued + Seconds(900), true};
  CHECK(end_after(held, response(std::nullopt, ""), kIssued) == held);
  CHECK_FALSE(end_after(held, response(std::nullopt), kIssued));
}

TEST_CASE_METHOD(Unused,
                 "an account that nobody uses is refreshed at two thirds of its refresh token's time, again and again")
{
  mint(Seconds(900));
  for (int period = 0; period < 3; ++period) {
    REQUIRE(until(*grant.next_wake()) == Seconds(600));
    later(Seconds(600));
    REQUIRE(on(TimePassed{}) == "background slot");
    refresh_to(Seconds(900));
  }
}

TEST_CASE_METHOD(Unused, "once its end has not moved the refresh token is left alone")
{
  mint(Seconds(900));
  later(Seconds(600));
  REQUIRE(on(TimePassed{}) == "background slot");
  refresh_to(Seconds(300));
  CHECK_FALSE(grant.next_wake());
}

TEST_CASE_METHOD(Unused,
                 "an end that was announced only once is not moved by use, and no reason to go on using the token")
{
  mint(Seconds(900));
  later(Seconds(600));
  REQUIRE(on(TimePassed{}) == "background slot");
  send();
  REQUIRE(answer(grant_reply(200, R"({"access_token":"at","expires_in":60})")) == "keep");
  REQUIRE(kept() == "save");
  REQUIRE(saved() == "publish, give slot");
  CHECK_FALSE(grant.next_wake());
}

TEST_CASE_METHOD(Unused, "keeping alive can be turned off")
{
  grant.set_habits(true, false);
  mint(Seconds(900));
  CHECK_FALSE(grant.next_wake());
}

TEST_CASE_METHOD(Unused, "a token that was left lying while tokend was off is used after a start")
{
  Grant::Restored found;
  found.credential = RefreshToken{{"sealed"}, RefreshEnd{now.wall + Seconds(100)}, now.wall - Seconds(800)};
  found.generation = Generation{4};
  restore(std::move(found));
  CHECK(grant.next_wake() <= now.boot);
  CHECK(on(TimePassed{}) == "background slot");
}

TEST_CASE_METHOD(Unused, "a provider that fails is asked again for a token that dies of disuse")
{
  mint(Seconds(900));
  later(Seconds(600));
  REQUIRE(on(TimePassed{}) == "background slot");
  send();
  REQUIRE(answer(not_sent()) == "clear, give slot, fail waiters");
  later(until(*grant.next_wake()));
  CHECK(on(TimePassed{}) == "background slot");
}

}  // namespace
}  // namespace tokend::test
