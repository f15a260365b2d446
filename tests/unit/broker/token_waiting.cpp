// GetToken where the provider is not well: who is told at once, who waits, and for how long.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

wire::GetTokenCall patient(std::int64_t seconds) { return {.timeout = seconds}; }

struct Expired : Bench {
  Expired()
  {
    sign_in("ana");
    expire();
  }
};

TEST_CASE_METHOD(Expired, "all who wait share a failing provider's answer")
{
  std::vector<Caller*> three;
  for (int i = 0; i < 3; ++i) three.push_back(&ask("ana"));
  REQUIRE(provider.out() == 1);
  answer(come_later(503, "120"));
  for (const Caller* one : three) {
    CHECK(one->cause() == "provider_error");
    CHECK(one->error->retry_after == 120);
  }
  CHECK(state("ana") == "backing_off");
}

TEST_CASE_METHOD(Expired, "nobody's wish causes a request inside the back-off")
{
  ask("ana");
  answer(come_later(503, "120"));
  const std::size_t asked = provider.asked.size();
  sleep(Seconds(20));
  const Caller& later = ask("ana");
  CHECK(later.cause() == "provider_error");
  CHECK(later.error->retry_after == 100);
  sleep(Seconds(99));
  CHECK(ask("ana").answered());
  CHECK(provider.asked.size() == asked);
  pass(Seconds(1));
  CHECK(provider.asked.size() == asked + 1);
}

TEST_CASE_METHOD(Expired, "a caller with a timeout waits for what clears by itself, one without is told at once")
{
  const Caller& waits = ask("ana", patient(60));
  const Caller& hurries = ask("ana");
  answer(come_later(503, "5"));
  CHECK(hurries.cause() == "provider_error");
  CHECK_FALSE(waits.answered());
  pass(Seconds(5));
  REQUIRE(provider.out() == 1);
  answer(minted("at-2", "rt-2"));
  CHECK(waits.token() == "at-2");
}

TEST_CASE_METHOD(Expired, "a caller with a timeout is told what stands in the way when it has passed")
{
  const Caller& waits = ask("ana", patient(60));
  answer(come_later(503, "300"));
  pass(Seconds(59));
  CHECK_FALSE(waits.answered());
  pass(Seconds(1));
  CHECK(waits.cause() == "provider_error");
  CHECK(waits.error->retry_after == 240);
}

TEST_CASE_METHOD(Expired, "a caller is told after thirty seconds of silence")
{
  const Caller& waits = ask("ana");
  pass(Milliseconds(29'999));
  CHECK_FALSE(waits.answered());
  pass(Milliseconds(1));
  CHECK(waits.cause() == "timed_out");
  answer(minted("at-2", "rt-2"));
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE("a token in its last minute is served while refreshing fails, unless the caller wants more of it")
{
  Bench bench;
  bench.sign_in("ana");
  bench.sleep(Seconds(3600 - 20));
  const Caller& modest = bench.ask("ana");
  const Caller& wants_more = bench.ask("ana", {.min_ttl = 30});
  REQUIRE(bench.provider.out() == 1);
  bench.answer(come_later(503, "120"));
  CHECK(modest.token() == "at-1");
  CHECK(wants_more.cause() == "provider_error");
  bench.sleep(Seconds(17));
  CHECK(bench.ask("ana").token() == "at-1");
  bench.sleep(Seconds(1));
  CHECK(bench.ask("ana").cause() == "provider_error");
}

TEST_CASE_METHOD(Expired, "a revoked login is told to everybody, however patient")
{
  const Caller& waits = ask("ana", patient(60));
  answer(refused("invalid_grant"));
  CHECK(waits.cause() == "refresh_token_revoked");
  CHECK(waits.error->code == ErrorCode::kLoginRequired);
  CHECK(state("ana") == "needs_login");
  const std::size_t asked = provider.asked.size();
  CHECK(ask("ana").cause() == "refresh_token_revoked");
  CHECK(provider.asked.size() == asked);
}

TEST_CASE_METHOD(Expired, "whoever waits for a login too gets the token of the next login")
{
  const Caller& waits = ask("ana", {.login = true});
  answer(refused("invalid_grant"));
  CHECK_FALSE(waits.answered());
  begin_exchange("ana");
  answer(minted("at-9", "rt-9"));
  CHECK(waits.token() == "at-9");
}

TEST_CASE_METHOD(Expired, "whoever waits for a login that does not come is told after five minutes")
{
  const Caller& waits = ask("ana", {.login = true});
  answer(refused("invalid_grant"));
  pass(Seconds(299));
  CHECK_FALSE(waits.answered());
  pass(Seconds(1));
  CHECK(waits.cause() == "refresh_token_revoked");
}

TEST_CASE_METHOD(Expired, "a person's refresh skips a back-off, but never a throttle")
{
  ask("ana");
  answer(come_later(503, "120"));
  const Caller& person = refresh("ana");
  REQUIRE(provider.out() == 1);
  answer(come_later(429, "120"));
  CHECK(person.cause() == "rate_limited");
  CHECK(refresh("ana").cause() == "rate_limited");
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Expired, "a caller that has left is not looked for")
{
  auto left = std::make_unique<Caller>();
  broker->get_token({.account = "ana"}, *left);
  const Caller& stays = ask("ana");
  left.reset();
  answer(minted("at-2", "rt-2"));
  CHECK(stays.token() == "at-2");
}

}  // namespace
}  // namespace tokend::test
