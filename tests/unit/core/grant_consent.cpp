// The exchange of a consent: a code goes out once, a device code is asked about until the person has answered.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

struct ConsentBench : GrantBench {
  explicit ConsentBench(AttemptKind kind) : GrantBench(grant_provider(), Nothing{})
  {
    REQUIRE(on(ConsentGiven{kind, Seconds(5)}) == "slot");
    send();
  }
  Milliseconds answered(HttpOutcome outcome)
  {
    REQUIRE(answer(std::move(outcome)) == "give slot");
    REQUIRE(is<Polling>());
    return until(*grant.next_wake());
  }
  void poll()
  {
    later(until(*grant.next_wake()));
    REQUIRE(on(TimePassed{}) == "slot");
    REQUIRE(slot() == "send");
  }
};

TEST_CASE("a code is exchanged into a grant that can be refreshed")
{
  ConsentBench bench(AttemptKind::kCode);
  CHECK(bench.grant.pending());
  CHECK(bench.answer(minted()) == "keep");
  CHECK(bench.kept() == "save");
  CHECK(bench.saved() == "publish, give slot");
  CHECK_FALSE(bench.grant.pending());
  CHECK(std::holds_alternative<RefreshToken>(bench.grant.credential()));
}

TEST_CASE("a consent without a refresh token leaves a token that cannot be refreshed")
{
  ConsentBench bench(AttemptKind::kCode);
  bench.answer(grant_reply(200, R"({"access_token":"at","expires_in":3600})"));
  bench.kept();
  bench.saved();
  CHECK(std::holds_alternative<Nothing>(bench.grant.credential()));
  CHECK(bench.grant.next_wake() == std::nullopt);
  CHECK(bench.want(key_of("other")) == "fail waiters");
}

TEST_CASE("a code is never sent twice, whatever became of the first time")
{
  HttpOutcome outcomes[] = {not_sent(), lost(), grant_reply(500, ""), refused("invalid_grant"), grant_reply(429, "")};
  for (HttpOutcome& outcome : outcomes) {
    ConsentBench bench(AttemptKind::kCode);
    CHECK(bench.answer(std::move(outcome)) == "give slot, give up consent");
    CHECK(bench.grant.next_wake() == std::nullopt);
    CHECK(bench.on(TimePassed{}) == "");
  }
}

TEST_CASE("an answer to a code that cannot be read gives the consent up")
{
  ConsentBench bench(AttemptKind::kCode);
  bench.answer(grant_reply(200, "<html>"));
  CHECK(bench.kept() == "give slot, give up consent");
}

TEST_CASE("a disk that refuses the intent of a code sends nothing")
{
  GrantBench bench(grant_provider(), Nothing{});
  bench.on(ConsentGiven{AttemptKind::kCode});
  bench.slot();
  CHECK(bench.noted(std::unexpected(DiskTrouble::kFull)) == "give slot, give up consent");
  CHECK(bench.cause() == "disk_full");
}

TEST_CASE("a device code is asked about at its interval, slower for good when the provider says so")
{
  ConsentBench bench(AttemptKind::kDevice);
  CHECK(bench.answered(refused("authorization_pending")) == Seconds(5));
  bench.poll();
  CHECK(bench.answered(refused("slow_down")) == Seconds(10));
  bench.poll();
  CHECK(bench.answered(refused("authorization_pending")) == Seconds(10));
  bench.poll();
  CHECK(bench.answer(minted()) == "keep");
}

TEST_CASE("a device code is asked about twice as slowly after a failure, at most a minute")
{
  ConsentBench bench(AttemptKind::kDevice);
  for (const int wait : {10, 20, 40, 60, 60}) {
    CHECK(bench.answered(lost()) == Seconds(wait));
    bench.poll();
  }
  CHECK(bench.answered(not_sent()) == Seconds(60));
}

TEST_CASE("a device code waits for its slot like any exchange, and is noted on disk only once")
{
  ConsentBench bench(AttemptKind::kDevice);
  bench.answered(refused("authorization_pending"));
  bench.later(Seconds(60));
  CHECK(bench.on(TimePassed{}) == "slot");
  CHECK(bench.is<Queued>());
  CHECK(bench.on(TimePassed{}) == "");
  CHECK(bench.slot() == "send");
}

TEST_CASE("a device login that is given up while it waits for a slot is dropped")
{
  ConsentBench bench(AttemptKind::kDevice);
  bench.answered(refused("authorization_pending"));
  bench.later(Seconds(60));
  bench.on(TimePassed{});
  CHECK(bench.on(Retired{}) == "give slot, discard");
}

TEST_CASE("a device code ends with the person's no and with its own end")
{
  for (const char* error : {"access_denied", "expired_token", "invalid_grant", "invalid_client"}) {
    ConsentBench bench(AttemptKind::kDevice);
    CHECK(bench.answer(refused(error)) == "give slot, give up consent");
  }
}

}  // namespace
}  // namespace tokend::test
