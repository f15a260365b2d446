// Accounts that log in as themselves at a provider that is known by its issuer: finding the token endpoint, and not
// finding it.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

constexpr std::string_view kFirstPlace = "https://as.example/.well-known/openid-configuration";
constexpr std::string_view kSecondPlace = "https://as.example/.well-known/oauth-authorization-server";

struct Robot : Bench {
  Robot()
  {
    wire::Definition what = definition_with_issuer();
    what.flow = Flow::kClientCredentials;
    REQUIRE_FALSE(add("robot", std::move(what)).error);
  }
  void fail_everywhere()
  {
    answer(reply(503, ""));
    answer(reply(503, ""));
  }
};

TEST_CASE_METHOD(Robot, "the token endpoint is found once, and then the token is asked for")
{
  const Caller& first = ask("robot");
  const Caller& second = ask("robot");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == kFirstPlace);
  CHECK(state("robot") == "refreshing");
  answer(metadata());
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("grant_type=client_credentials"));
  answer(minted("at-1"));
  CHECK(first.token() == "at-1");
  CHECK(second.token() == "at-1");
}

TEST_CASE_METHOD(Robot, "what is no metadata at the first place is looked for at the second")
{
  const bool page = GENERATE(true, false);
  const Caller& waits = ask("robot");
  answer(page ? reply(200, "<!doctype html>") : reply(503, ""));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == kSecondPlace);
  answer(metadata());
  answer(minted("at-1"));
  CHECK(waits.token() == "at-1");
}

TEST_CASE_METHOD(Robot, "ten who ask a provider whose discovery fails cost one search")
{
  const Caller& first = ask("robot");
  fail_everywhere();
  REQUIRE(first.error);
  CHECK(first.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(first.cause() == "provider_error");
  CHECK(first.error->reason.starts_with("robot: as.example answered 503"));
  CHECK(first.error->retry_after == 1);
  for (int i = 0; i < 9; ++i) {
    const Caller& next = ask("robot");
    CHECK(next.cause() == "provider_error");
    CHECK(next.error->retry_after == 1);
  }
  CHECK(provider.asked.size() == 2);
}

TEST_CASE_METHOD(Robot, "a failed search is told by the status until one succeeds")
{
  ask("robot");
  fail_everywhere();
  const auto told = status("robot");
  CHECK(wire::name_of(told.state) == "backing_off");
  CHECK(told.cause == "provider_error");
  CHECK(told.reason.contains("as.example answered 503"));
  CHECK_FALSE(told.next.contains("login"));
  CHECK(told.attempts == 1);
  CHECK(told.next_attempt_at == loop.wall().time_since_epoch().count() + 1);
  pass(Seconds(1));
  ask("robot");
  fail_everywhere();
  CHECK(status("robot").attempts == 2);
  pass(Seconds(4));
  const Caller& waits = ask("robot");
  answer(metadata());
  answer(minted("at-1"));
  CHECK(waits.token() == "at-1");
  CHECK(state("robot") == "fresh");
  CHECK(status("robot").last_error.empty());
}

TEST_CASE_METHOD(Robot, "whoever waits for its token waits for the next search, which comes by itself")
{
  const Caller& waits = ask("robot", {.timeout = 60});
  fail_everywhere();
  CHECK_FALSE(waits.answered());
  CHECK(provider.out() == 0);
  pass(Seconds(1));
  REQUIRE(provider.out() == 1);
  answer(metadata());
  answer(minted("at-1"));
  CHECK(waits.token() == "at-1");
}

TEST_CASE_METHOD(Robot, "nobody waits: nobody searches")
{
  ask("robot");
  fail_everywhere();
  pass(Seconds(3600));
  CHECK(provider.out() == 0);
  CHECK(state("robot") == "backing_off");
  CHECK_FALSE(status("robot").next_attempt_at);
}

TEST_CASE_METHOD(Robot, "who has waited long enough is told of the search, not of a login")
{
  const Caller& waits = ask("robot", {.timeout = 5});
  const bool answered = GENERATE(true, false);
  if (answered) answer(come_later(429, "600"));
  if (answered) answer(come_later(429, "600"));
  pass(Seconds(6));
  REQUIRE(waits.error);
  CHECK(waits.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(waits.cause() == (answered ? "rate_limited" : "timed_out"));
}

TEST_CASE_METHOD(Robot, "a network that is back is found by the first caller after two seconds")
{
  ask("robot");
  answer(not_sent());
  CHECK(provider.out() == 0);  // the other place is at the same host
  CHECK(ask("robot").cause() == "network");
  pass(Seconds(1));
  ask("robot");
  answer(not_sent());
  pass(Milliseconds(2000));
  ask("robot");
  CHECK(provider.out() == 1);
}

TEST_CASE_METHOD(Robot, "a person who logs it in does not wait for a back-off, but for a throttle")
{
  const bool throttled = GENERATE(true, false);
  ask("robot");
  for (int i = 0; i < 2; ++i) answer(throttled ? come_later(429, "600") : reply(503, ""));
  const Caller& person = login("robot");
  CHECK(provider.out() == (throttled ? 0 : 1));
  CHECK(person.cause() == (throttled ? "rate_limited" : "none"));
  if (throttled) return;
  answer(metadata());
  answer(minted("at-1"));
  CHECK(person.read<wire::LoginReply>().stage == wire::Stage::kDone);
}

TEST_CASE_METHOD(Robot, "an issuer without metadata is in doubt, and a definition that changes is tried at once")
{
  const Caller& waits = ask("robot");
  answer(reply(404, ""));
  answer(reply(404, ""));
  CHECK(waits.error->code == ErrorCode::kProviderRefused);
  CHECK(waits.cause() == "no_metadata");
  CHECK(waits.error->next == "tokenctl set robot --issuer ...");
  CHECK(ask("robot").cause() == "no_metadata");
  CHECK(provider.asked.size() == 2);
  wire::Definition what;
  what.token_endpoint = "https://as.example/token";
  REQUIRE_FALSE(set("robot", std::move(what)).error);
  CHECK(state("robot") == "idle");
  ask("robot");
  CHECK(provider.out() == 1);
}

TEST_CASE_METHOD(Robot, "endpoints that were given need no metadata")
{
  wire::Definition what;
  what.token_endpoint = "https://as.example/token";
  set("robot", std::move(what));
  const Caller& waits = ask("robot");
  answer(reply(404, ""));
  answer(reply(404, ""));
  answer(minted("at-1"));
  CHECK(waits.token() == "at-1");
}

TEST_CASE_METHOD(Robot, "a change while its metadata is on the way is searched for anew")
{
  const Caller& waits = ask("robot", {.timeout = 60});
  wire::Definition what;
  what.issuer = "https://other.example";
  what.client_secret = Secret("another");
  REQUIRE_FALSE(set("robot", std::move(what)).error);
  answer(metadata());
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://other.example/.well-known/openid-configuration");
  CHECK_FALSE(waits.answered());
}

TEST_CASE_METHOD(Robot, "its endpoint is not written down behind a change that is on its way to the disk")
{
  ask("robot");
  disk.hold();
  wire::Definition what;
  what.scopes = {"write"};
  const Caller& person = set("robot", std::move(what));
  answer(metadata());
  disk.let_go();
  run();
  REQUIRE_FALSE(person.error);
  restart();
  CHECK(status("robot").scopes == std::vector<std::string>{"write"});
}

TEST_CASE_METHOD(Robot, "a removal while its metadata is on the way is told to whoever logs it in, and leaves nothing")
{
  const Caller& person = login("robot");
  const Caller& waits = ask("robot");
  REQUIRE_FALSE(remove("robot").error);
  answer(metadata());
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kNoSuchAccount);
  REQUIRE(waits.error);
  CHECK(provider.out() == 0);
  CHECK(disk.accounts.empty());
  CHECK(disk.grants.empty());
}

}  // namespace
}  // namespace tokend::test
