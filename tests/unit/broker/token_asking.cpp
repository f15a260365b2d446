// GetToken where the provider is well: one request for all who ask, answers when they are due, never two of them.
#include <fmt/format.h>

#include <algorithm>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

wire::GetTokenCall lives_for(std::int64_t seconds) { return {.min_ttl = seconds}; }
std::size_t answered(const Bench& bench)
{
  return static_cast<std::size_t>(std::ranges::count_if(bench.callers, [](const Caller& one) { return one.over; }));
}

TEST_CASE("a token that is there is answered without a request")
{
  Bench bench;
  bench.sign_in("ana");
  const std::size_t asked = bench.provider.asked.size();
  CHECK(bench.ask("ana").token() == "at-1");
  CHECK(bench.provider.asked.size() == asked);
  REQUIRE(bench.broker->ready({.account = "ana"}) != nullptr);
}

TEST_CASE("ten callers of an expired token cause one request and get the same new token")
{
  Bench bench;
  bench.sign_in("ana");
  bench.expire();
  std::vector<Caller*> ten;
  for (int i = 0; i < 10; ++i) ten.push_back(&bench.ask("ana"));
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().has("refresh_token=rt-1"));
  for (const Caller* one : ten) CHECK_FALSE(one->answered());
  bench.answer(minted("at-2", "rt-2"));
  for (const Caller* one : ten) CHECK(one->token() == "at-2");
  CHECK(bench.provider.out() == 0);
}

TEST_CASE("callers of other scopes wait for an exchange of their own, one after the other")
{
  Bench bench;
  bench.sign_in("ana");
  wire::GetTokenCall mail;
  mail.scopes.push_back("mail");
  bench.expire();
  const Caller& usual = bench.ask("ana");
  const Caller& other = bench.ask("ana", mail);
  CHECK(bench.provider.out() == 1);
  bench.answer(minted("at-2", "rt-2"));
  CHECK(usual.token() == "at-2");
  CHECK_FALSE(other.answered());
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().has("scope=mail"));
  CHECK(bench.provider.last().has("refresh_token=rt-2"));
  bench.answer(minted("at-3", "rt-3"));
  CHECK(other.token() == "at-3");
  CHECK(bench.ask("ana").token() == "at-2");
}

TEST_CASE("a wish for more life than two thirds of what the provider gives is met by what it gives")
{
  Bench bench;
  bench.sign_in("ana");
  const std::size_t asked = bench.provider.asked.size();
  CHECK(bench.ask("ana", lives_for(100'000)).token() == "at-1");
  bench.sleep(Seconds(1199));
  CHECK(bench.ask("ana", lives_for(100'000)).token() == "at-1");
  CHECK(bench.provider.asked.size() == asked);
  bench.sleep(Seconds(1));
  CHECK_FALSE(bench.ask("ana", lives_for(100'000)).answered());
  CHECK(bench.provider.asked.size() == asked + 1);
}

TEST_CASE("answers are handed over sixty-four a turn")
{
  Bench bench;
  bench.sign_in("ana");
  bench.expire();
  const std::size_t before = bench.callers.size();
  bench.disk.hold();
  for (int i = 0; i < 150; ++i) bench.ask("ana");
  bench.disk.let_go();
  bench.run();
  bench.provider.answer(minted("at-2", "rt-2"));
  const std::size_t others = answered(bench);
  std::vector<std::size_t> a_turn;
  for (std::size_t seen = others; bench.loop.turn(); seen = answered(bench))
    if (answered(bench) > seen) a_turn.push_back(answered(bench) - seen);
  CHECK(bench.callers.size() == before + 150);
  CHECK(a_turn == std::vector<std::size_t>{64, 64, 22});
}

TEST_CASE("a token is refreshed ahead of its expiry, and served until then")
{
  Bench bench;
  bench.sign_in("ana");
  bench.pass(Seconds(3299));
  CHECK(bench.provider.out() == 0);
  bench.pass(Seconds(1));
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.ask("ana").token() == "at-1");
  bench.answer(minted("at-2", "rt-2"));
  CHECK(bench.ask("ana").token() == "at-2");
}

TEST_CASE("an account that nobody has used for two weeks is refreshed when somebody asks")
{
  Bench bench;
  bench.sign_in("ana");
  bench.sleep(std::chrono::days(15));
  bench.run();
  CHECK(bench.provider.out() == 0);
  CHECK(bench.state("ana") == "idle");
  const Caller& asking = bench.ask("ana");
  REQUIRE(bench.provider.out() == 1);
  bench.answer(minted("at-2", "rt-2"));
  CHECK(asking.token() == "at-2");
}

HttpOutcome minted_for(std::chrono::days life)
{
  return reply(200, R"({"access_token":"at-1","token_type":"Bearer","refresh_token":"rt-1","expires_in":)" +
                        std::to_string(Seconds(life).count()) + "}");
}

TEST_CASE("the first use of each day is written down, whoever serves it")
{
  Bench bench;
  bench.sign_in("ana", minted_for(std::chrono::days(100)));
  const auto written = [&] { return std::ranges::count(bench.disk.log, "used"); };
  for (int day = 1; day <= 3; ++day) {
    CHECK(bench.broker->ready({.account = "ana"}) == nullptr);
    CHECK(bench.ask("ana").token() == "at-1");
    CHECK(written() == day);
    CHECK(bench.broker->ready({.account = "ana"}) != nullptr);
    bench.sleep(std::chrono::days(1));
  }
}

TEST_CASE("an account that is used again is refreshed ahead of expiry again")
{
  Bench bench;
  bench.sign_in("ana", minted_for(std::chrono::days(20)));
  bench.ask("ana");
  bench.sleep(std::chrono::days(19));
  bench.run();
  REQUIRE(bench.state("ana") == "fresh");
  CHECK(bench.ask("ana").token() == "at-1");
  bench.pass(std::chrono::days(1) - Seconds(300));
  CHECK(bench.provider.out() == 1);
}

TEST_CASE("a refresh by a person is answered with the new expiry, and only after a new token")
{
  Bench bench;
  bench.sign_in("ana");
  bench.sleep(Seconds(100));
  const Caller& person = bench.refresh("ana");
  REQUIRE(bench.provider.out() == 1);
  CHECK_FALSE(person.answered());
  bench.answer(minted("at-2", "rt-2"));
  CHECK(person.read<wire::RefreshReply>().expires_at == bench.loop.wall().time_since_epoch().count() + 3600);
}

TEST_CASE("the use of an account is written down once a day")
{
  Bench bench;
  bench.sign_in("ana");
  const auto writes = [&] { return std::ranges::count(bench.disk.log, "used"); };
  const auto before = writes();
  bench.ask("ana");
  bench.ask("ana");
  CHECK(writes() == before + 1);
}

TEST_CASE("an account that never signed in, or is not there, is answered at once")
{
  Bench bench;
  bench.add("ana");
  CHECK(bench.ask("ana").cause() == "never_signed_in");
  const Caller& other = bench.ask("anna");
  REQUIRE(other.error);
  CHECK(other.error->code == ErrorCode::kNoSuchAccount);
  CHECK(other.error->similar == std::vector<std::string>{"ana"});
}

TEST_CASE(
    "a provider whose tokens end at once is asked every five seconds at most, and each caller then gets its token")
{
  Bench bench;
  const auto ended = [](int n) {
    return reply(200, fmt::format(R"({{"access_token":"at-{0}","refresh_token":"rt-{0}","expires_in":0}})", n));
  };
  bench.sign_in("ana", ended(0));
  const std::size_t before = bench.provider.asked.size();
  int served = 0;
  for (int second = 1; second <= 60; ++second) {
    bench.pass(Seconds(1));
    const Caller& caller = bench.ask("ana");
    if (bench.provider.out() > 0) {
      bench.sleep(Seconds(3));  // longer under way than it is to live
      bench.answer(ended(second));
      CHECK(caller.token() == fmt::format("at-{}", second));
      ++served;
    } else {
      CHECK(caller.cause() == "rate_limited");
    }
  }
  CHECK(served >= 12);
  CHECK(bench.provider.asked.size() - before <= 60 * 4 / 5);
}

TEST_CASE("a caller who can wait for another short-lived token gets it, without a request for each who asks")
{
  Bench bench;
  bench.sign_in("ana", reply(200, R"({"access_token":"at-1","refresh_token":"rt-1","expires_in":0})"));
  bench.pass(Seconds(2));
  const std::size_t before = bench.provider.asked.size();
  const Caller& patient = bench.ask("ana", {.timeout = 30});
  CHECK(bench.provider.asked.size() == before);
  bench.pass(Seconds(3));
  REQUIRE(bench.provider.out() == 1);
  bench.answer(minted("at-2", "rt-2"));
  CHECK(patient.token() == "at-2");
}

TEST_CASE("a token of no time that nothing can replace is served until an API rejects it")
{
  Bench bench;
  bench.sign_in("ana", reply(200, R"({"access_token":"at-1","expires_in":0})"));
  bench.pass(Seconds(3600));
  CHECK(bench.ask("ana").token() == "at-1");
}

}  // namespace
}  // namespace tokend::test
