// What a start makes of what the last one left on disk.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

Grant::Restored left_behind(AttemptKind kind = AttemptKind::kRefresh, Generation from = Generation{4})
{
  Grant::Restored found;
  found.credential = RefreshToken{{"sealed"}, {}, {}};
  found.generation = Generation{4};
  found.attempt = Attempt{.id = AttemptId{7}, .kind = kind, .from = from, .sends = 1};
  found.attempt->wall = WallTime(Seconds(1'799'999'990));
  return found;
}

HttpReply reply_of(HttpOutcome outcome) { return std::move(*outcome); }

TEST_CASE("a grant without an attempt is at rest after a start")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.attempt.reset();
  CHECK(bench.restore(std::move(found)) == "");
  CHECK(bench.is<Resting>());
  CHECK(bench.grant.generation() == Generation{4});
}

TEST_CASE("an intent without an answer is in doubt after a start, and its next send counts")
{
  GrantBench bench;
  CHECK(bench.restore(left_behind()) == "give slot, fail waiters");
  REQUIRE(bench.is<InDoubt>());
  bench.later(bench.until(*bench.grant.next_wake()));
  CHECK(bench.on(TimePassed{}) == "background slot");
  bench.send();
  CHECK(bench.attempt() == AttemptId{7});
  CHECK(bench.answer(refused("invalid_grant")) == "bury, fail waiters, give slot");
  CHECK(bench.cause() == "refresh_in_doubt");
}

TEST_CASE("an answer that was kept is read as if it came now")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.reply = reply_of(minted());
  CHECK(bench.restore(std::move(found)) == "keep");
  CHECK(bench.kept() == "save");
  CHECK(bench.saved() == "publish, give slot");
  CHECK(bench.grant.generation() == Generation{5});
}

TEST_CASE("an answer that was kept and cannot be read stays kept")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.reply = reply_of(grant_reply(200, "<html>"));
  bench.restore(std::move(found));
  CHECK(bench.kept() == "set aside, give slot, fail waiters");
  CHECK(bench.is<SetAside>());
}

TEST_CASE("a reading after a start is counted on disk before it begins")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.attempt->readings = 1;
  found.reply = reply_of(minted());
  CHECK(bench.restore(std::move(found)) == "keep");
  CHECK(std::get<CommitReply>(bench.effects.front()).attempt.readings == 2);
}

TEST_CASE("an answer that two starts did not survive is set aside, and only this grant reports it")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.attempt->readings = 2;
  found.reply = reply_of(minted());
  CHECK(bench.restore(std::move(found)) == "set aside, give slot, fail waiters");
  CHECK(bench.cause() == "refresh_in_doubt");
  CHECK(bench.want() == "fail waiters");
  CHECK_FALSE(bench.grant.next_wake().has_value());
}

TEST_CASE("an answer that was set aside is read again when a person asks or the definition has changed")
{
  for (const bool person : {true, false}) {
    GrantBench bench;
    Grant::Restored found = left_behind();
    found.attempt->readings = 2;
    found.reply = reply_of(minted());
    bench.restore(std::move(found));
    CHECK((person ? bench.on(RefreshOrdered{}) : bench.on(ConnectionImproved{})) == "read again");
    CHECK(bench.found(minted()) == "keep");
    CHECK(bench.kept() == "save");
    CHECK(bench.saved() == "publish, give slot");
    CHECK(bench.cause() == "none");
  }
}

TEST_CASE("the life of a token whose answer was kept counts from its request, not from the start")
{
  GrantBench bench;
  Grant::Restored found = left_behind();
  found.attempt->at = bench.now.boot - Seconds(1000);
  found.reply = reply_of(minted(3600));
  bench.restore(std::move(found));
  bench.kept();
  bench.saved();
  CHECK(bench.until(*bench.grant.newest({})->expires) == Seconds(2600));
}

TEST_CASE("a code whose answer two readings did not survive is given up")
{
  GrantBench bench;
  Grant::Restored found = left_behind(AttemptKind::kCode, Generation{});
  found.credential = Nothing{};
  found.generation = Generation{};
  found.attempt->readings = 2;
  found.reply = reply_of(minted());
  CHECK(bench.restore(std::move(found)) == "give slot, give up consent");
}

TEST_CASE("an attempt of an older generation is cleared, its answer unread")
{
  for (const bool answered : {false, true}) {
    GrantBench bench;
    Grant::Restored found = left_behind(AttemptKind::kRefresh, Generation{3});
    if (answered) found.reply = reply_of(minted());
    CHECK(bench.restore(std::move(found)) == "clear");
    CHECK(bench.is<Resting>());
    CHECK(bench.grant.generation() == Generation{4});
  }
}

TEST_CASE("a code whose answer was lost is given up after a start, never sent again")
{
  for (const AttemptKind kind : {AttemptKind::kCode, AttemptKind::kDevice}) {
    GrantBench bench;
    Grant::Restored found = left_behind(kind, Generation{});
    found.credential = Nothing{};
    found.generation = Generation{};
    CHECK(bench.restore(std::move(found)) == "give slot, give up consent");
    CHECK(bench.is<Resting>());
  }
}

TEST_CASE("a code whose answer was kept becomes a grant after a start")
{
  GrantBench bench;
  Grant::Restored found = left_behind(AttemptKind::kCode, Generation{});
  found.credential = Nothing{};
  found.generation = Generation{};
  found.reply = reply_of(minted());
  CHECK(bench.restore(std::move(found)) == "keep");
  CHECK(bench.kept() == "save");
  CHECK(bench.saved() == "publish, give slot");
  CHECK(std::holds_alternative<RefreshToken>(bench.grant.credential()));
}

TEST_CASE("a dead grant says after a start why it is dead")
{
  GrantBench bench;
  Grant::Restored found;
  found.credential = Dead{};
  found.generation = Generation{4};
  found.trouble = Trouble{.what = ErrorClass::kRelogin, .cause = "refresh_token_revoked"};
  CHECK(bench.restore(std::move(found)) == "");
  CHECK(bench.cause() == "refresh_token_revoked");
  CHECK(bench.want() == "fail waiters");
}

}  // namespace
}  // namespace tokend::test
