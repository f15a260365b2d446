// A grant that no account points to any more: at rest it goes at once, under way it finishes first.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

TEST_CASE("a grant that waits for nothing it has sent is discarded at once")
{
  SECTION("at rest")
  {
    GrantBench bench;
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
  SECTION("in the queue")
  {
    GrantBench bench;
    bench.want();
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
  SECTION("backing off")
  {
    GrantBench bench;
    bench.ask();
    bench.answer(not_sent());
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
  SECTION("in doubt")
  {
    GrantBench bench;
    bench.ask();
    bench.answer(lost());
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
  SECTION("not on disk")
  {
    GrantBench bench;
    bench.ask();
    bench.answer(minted());
    bench.kept();
    bench.saved(std::unexpected(DiskTrouble::kFull));
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
  SECTION("between two questions about a device code")
  {
    GrantBench bench(grant_provider(), Nothing{});
    bench.on(ConsentGiven{AttemptKind::kDevice});
    bench.send();
    bench.answer(refused("authorization_pending"));
    CHECK(bench.on(Retired{}) == "give slot, discard");
  }
}

TEST_CASE("a grant that is retired before its request has left sends nothing")
{
  GrantBench bench;
  bench.want();
  bench.slot();
  CHECK(bench.on(Retired{}) == "");
  CHECK(bench.noted() == "clear, give slot, discard");
}

TEST_CASE("a grant that is retired while its request is out takes the answer and goes")
{
  struct Case {
    const char* what;
    HttpOutcome outcome;
    const char* effects;
  };
  Case cases[] = {
      {"lost", lost(), "give slot, discard"},
      {"not sent", not_sent(), "clear, give slot, discard"},
      {"refused", refused("temporarily_unavailable"), "clear, give slot, discard"},
      {"dead", refused("invalid_grant"), "bury, fail waiters, give slot, discard"},
  };
  for (Case& one : cases) {
    CAPTURE(one.what);
    GrantBench bench;
    bench.ask();
    CHECK(bench.on(Retired{}) == "");
    CHECK(bench.answer(std::move(one.outcome)) == one.effects);
  }
}

TEST_CASE("a late new credential is saved before its retired grant goes, so that it can be revoked")
{
  for (const Committed& outcome : {Committed{}, Committed{std::unexpected(DiskTrouble::kStale)}}) {
    GrantBench bench;
    bench.ask();
    bench.on(Retired{});
    CHECK(bench.answer(minted()) == "keep");
    CHECK(bench.kept() == "save");
    CHECK(bench.saved(outcome) == "publish, give slot, discard");
    CHECK(bench.grant.generation() == Generation{1});
  }
}

TEST_CASE("a retired consent goes with its answer")
{
  for (const AttemptKind kind : {AttemptKind::kCode, AttemptKind::kDevice}) {
    GrantBench bench(grant_provider(), Nothing{});
    bench.on(ConsentGiven{kind});
    bench.send();
    CHECK(bench.on(Retired{}) == "");
    CHECK(bench.answer(refused("access_denied")) == "give slot, give up consent");  // which drops it
  }
}

TEST_CASE("a retired grant starts nothing")
{
  GrantBench bench;
  bench.ask();
  bench.want(key_of("other"));
  bench.on(Retired{});
  CHECK(bench.want() == "fail waiters");
  CHECK(bench.on(RefreshOrdered{}) == "fail waiters");
  CHECK(bench.grant.next_wake() == std::nullopt);
}

}  // namespace
}  // namespace tokend::test
