// Accounts that log in as themselves: no person, no journal; and device codes, where the person is elsewhere.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Robot : Bench {
  Robot()
  {
    wire::Definition what = definition("robot");
    what.authorization_endpoint.reset();
    what.flow = Flow::kClientCredentials;
    what.scopes = {"read"};
    REQUIRE_FALSE(add("robot", std::move(what)).error);
  }
};

TEST_CASE_METHOD(Robot, "whoever asks an account that logs in as itself starts its first exchange, once")
{
  const Caller& first = ask("robot");
  const Caller& second = ask("robot");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("grant_type=client_credentials"));
  CHECK(provider.last().has("scope=read"));
  answer(minted("at-1"));
  CHECK(first.token() == "at-1");
  CHECK(second.token() == "at-1");
  restart();
  CHECK(ask("robot").token() == "at-1");
}

TEST_CASE_METHOD(Robot, "nothing is noted before a request that can be repeated at will")
{
  ask("robot");
  answer(minted("at-1"));
  CHECK(std::ranges::count(disk.log, "intent") == 0);
  expire();
  const Caller& waits = ask("robot", {.timeout = 60});
  answer(lost());
  pass(Seconds(1));
  answer(minted("at-2"));
  CHECK(waits.token() == "at-2");
}

TEST_CASE_METHOD(Robot, "other scopes hold from the next request on, also when they came while a token was being saved")
{
  ask("robot");
  const bool set_first = GENERATE(true, false);
  wire::Definition other;
  other.scopes = {"write"};
  disk.hold();
  if (!set_first) answer(minted("at-1"));
  if (!set_first) refuse();
  const Caller& person = set("robot", std::move(other));
  if (set_first) answer(minted("at-1"));
  disk.let_go();
  pass(Seconds(1));
  REQUIRE_FALSE(person.error);
  expire();
  ask("robot");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("scope=write"));
}

TEST_CASE_METHOD(Robot, "a grant that the disk refuses is told to everybody who waits, and made anew for the next")
{
  disk.fill(DiskTrouble::kFull);
  const Caller& waits = ask("robot");
  const Caller& person = login("robot");
  CHECK(waits.cause() == "disk_full");
  CHECK(person.cause() == "disk_full");
  CHECK(provider.out() == 0);
  disk.fill(std::nullopt);
  ask("robot");
  CHECK(provider.out() == 1);
}

TEST_CASE_METHOD(Robot, "a login of such an account is done with its first token, or says why not")
{
  const Caller& refused_once = login("robot");
  answer(refused("invalid_client"));
  CHECK(refused_once.cause() == "bad_client");
  const Caller& person = login("robot");
  answer(minted("at-1"));
  CHECK(person.read<wire::LoginReply>().stage == wire::Stage::kDone);
  CHECK(ask("robot").token() == "at-1");
}

TEST_CASE_METHOD(Robot, "it is idle as long as nobody has asked: it needs no person")
{
  CHECK(state("robot") == "idle");
  CHECK(status("robot").cause.empty());
  CHECK(status("robot").since == loop.wall().time_since_epoch().count());
  ask("robot");
  answer(minted("at-1"));
  logout("robot", true);
  CHECK(state("robot") == "idle");
  restart();
  CHECK(state("robot") == "idle");
}

TEST_CASE_METHOD(Robot, "an answer that cannot be read is asked for again, and needs no login")
{
  const Caller& waits = ask("robot", {.timeout = 60});
  answer(reply(200, "<html>"));
  CHECK(state("robot") == "backing_off");
  CHECK(status("robot").cause == "provider_error");
  CHECK_FALSE(status("robot").next.contains("login"));
  CHECK(ask("robot").error->code == ErrorCode::kTemporarilyUnavailable);
  pass(Seconds(1));
  answer(minted("at-1"));
  CHECK(waits.token() == "at-1");
}

struct Device : Bench {
  Device()
  {
    wire::Definition what = definition();
    what.device_endpoint = "https://as.example/device";
    what.flow = Flow::kDevice;
    REQUIRE_FALSE(add("tv", std::move(what)).error);
  }
  Caller& begin()
  {
    Caller& starter = login("tv");
    answer(reply(200, R"({"device_code":"dc","user_code":"WDJB-MJHT","verification_uri":"https://as.example/go",)"
                      R"("expires_in":600,"interval":5})"));
    return starter;
  }
};

TEST_CASE_METHOD(Device, "a device code is polled at the server's pace until the person has said yes")
{
  const Caller& starter = begin();
  CHECK(starter.read<wire::LoginReply>().user_code == "WDJB-MJHT");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("device_code=dc"));
  answer(refused("authorization_pending"));
  pass(Milliseconds(4999));
  CHECK(provider.out() == 0);
  pass(Milliseconds(1));
  answer(refused("slow_down"));
  pass(Seconds(9));
  CHECK(provider.out() == 0);
  pass(Seconds(1));
  answer(minted("at-1", "rt-1"));
  CHECK(starter.read<wire::LoginReply>().stage == wire::Stage::kDone);
  CHECK(ask("tv").token() == "at-1");
  CHECK(durable_refresh_token("tv") == "rt-1");
}

TEST_CASE_METHOD(Device, "a person who says no, or nothing, ends a device login")
{
  const Caller& said_no = begin();
  answer(refused("access_denied"));
  CHECK(said_no.cause() == "user_denied");
  CHECK(said_no.error->reason == "tv: the answer was no (access_denied); nothing has changed");
  const Caller& said_nothing = begin();
  answer(refused("authorization_pending"));
  for (int i = 0; i < 60 && !said_nothing.error; ++i) {
    pass(Seconds(5));
    if (provider.out() > 0) answer(refused("authorization_pending"));
  }
  REQUIRE(said_nothing.error);
  CHECK(said_nothing.error->code == ErrorCode::kLoginTimedOut);
  CHECK(disk.grants.empty());
}

TEST_CASE_METHOD(Device, "a device code that expires at the provider ends the login like its deadline")
{
  const Caller& starter = begin();
  answer(refused("expired_token"));
  REQUIRE(starter.error);
  CHECK(starter.error->code == ErrorCode::kLoginTimedOut);
  CHECK(starter.error->reason == "tv: the code expired before the login was finished (expired_token)");
  CHECK(starter.error->next == "tokenctl login tv");
}

TEST_CASE_METHOD(Device, "a device login that a crash has cut is over")
{
  begin();
  REQUIRE(disk.grants.size() == 1);
  restart();
  CHECK(disk.grants.empty());
  pass(Seconds(60));
  CHECK(provider.out() == 0);
  CHECK(ask("tv").cause() == "never_signed_in");
}

}  // namespace
}  // namespace tokend::test
