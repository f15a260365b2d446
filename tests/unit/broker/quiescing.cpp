// A stop: what is out is awaited through to the disk, what is not out yet does not leave.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Stopping : Bench {
  Stopping() { sign_in("ana"); }
  void stop()
  {
    broker->quiesce([this] { quiet = true; });
    run();
  }
  bool quiet = false;
};

TEST_CASE_METHOD(Stopping, "a broker at rest is quiet, from a later turn")
{
  bool quiet_at_once = false;
  broker->quiesce([&] { quiet_at_once = true; });
  CHECK_FALSE(quiet_at_once);
  run();
  CHECK(quiet_at_once);
}

TEST_CASE_METHOD(Stopping, "a rotating request that is out is awaited until its new credential is on disk")
{
  const Caller& waits = refresh("ana");
  REQUIRE(provider.out() == 1);
  disk.hold();
  stop();
  CHECK_FALSE(quiet);
  answer(minted("at-2", "rt-2"));
  CHECK_FALSE(quiet);
  commit();
  CHECK_FALSE(quiet);
  commit();
  CHECK(quiet);
  CHECK(waits.answered());
  CHECK(durable_refresh_token("ana") == "rt-2");
}

TEST_CASE_METHOD(Stopping, "what the disk has refused is offered to it once more, and awaited")
{
  refresh("ana");
  disk.hold();
  answer(minted("at-2", "rt-2"));
  commit();
  refuse();
  stop();
  CHECK_FALSE(quiet);
  SECTION("it takes it")
  {
    commit();
    CHECK(durable_refresh_token("ana") == "rt-2");
    CHECK(broker->unsaved_accounts().empty());
  }
  SECTION("it refuses again")
  {
    refuse();
    CHECK(broker->unsaved_accounts() == std::vector<std::string>{"ana"});
  }
  CHECK(quiet);
}

TEST_CASE_METHOD(Stopping, "a request that fails is awaited no longer")
{
  refresh("ana");
  stop();
  CHECK_FALSE(quiet);
  answer(lost());
  CHECK(quiet);
}

TEST_CASE_METHOD(Stopping, "nothing new is noted or sent after a stop")
{
  stop();
  disk.log.clear();
  const std::size_t asked = provider.asked.size();
  expire();
  ask("ana");
  refresh("ana");
  pass(Seconds(10));
  CHECK(provider.asked.size() == asked);
  CHECK(disk.log == std::vector<std::string>{"used"});  // its use of today
}

TEST_CASE_METHOD(Stopping, "an intent that is on its way to the disk is awaited, and its request stays here")
{
  disk.hold();
  refresh("ana");
  REQUIRE(disk.waiting() == std::vector<std::string>{"intent"});
  stop();
  CHECK_FALSE(quiet);
  commit();
  CHECK(quiet);
  CHECK(provider.out() == 0);
  disk.let_go();
  CHECK(disk.attempts.empty());
}

TEST_CASE_METHOD(Stopping, "a code that is being exchanged is awaited too")
{
  add("ben");
  const Caller& starter = login("ben");
  come_back(starter);
  stop();
  CHECK_FALSE(quiet);
  answer(minted("at-2", "rt-2"));
  CHECK(quiet);
  restart();
  CHECK(ask("ben").token() == "at-2");
}

TEST_CASE_METHOD(Stopping, "a request of an account that logs in as itself is not awaited: its answer can be had again")
{
  wire::Definition robot = definition("robot");
  robot.authorization_endpoint.reset();
  robot.flow = Flow::kClientCredentials;
  REQUIRE_FALSE(add("robot", std::move(robot)).error);
  ask("robot");
  REQUIRE(provider.out() == 1);
  stop();
  CHECK(quiet);
}

wire::GetTokenCall patient()
{
  wire::GetTokenCall call;
  call.timeout = 60;
  return call;
}

void check_told(const Caller& caller, const std::string& next)
{
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(caller.error->cause == "stopping");
  CHECK(caller.error->reason == "tokend is stopping");
  CHECK(caller.error->next == next);
}

TEST_CASE_METHOD(Stopping, "whoever still waits is told that tokend stops, before it is quiet")
{
  add("ben");
  expire();
  const Caller& waits = ask("ana", patient());
  answer(refused("temporarily_unavailable"));
  const Caller& starter = login("ben");
  const Caller& watcher = login("ben");
  wire::GetTokenCall with_login = patient();
  with_login.login = true;
  const Caller& for_login = ask("ben", with_login);
  bool told_before = false;
  broker->quiesce([&] { told_before = waits.error && starter.error && watcher.error && for_login.error; });
  run();
  CHECK(told_before);
  check_told(waits, "tokenctl token ana");
  for (const Caller* caller : {&starter, &watcher, &for_login}) check_told(*caller, "tokenctl token ben");
}

TEST_CASE_METHOD(Stopping, "whoever waits for a refresh that is out gets its token, or is told when it has failed")
{
  expire();
  const Caller& waits = ask("ana", patient());
  REQUIRE(provider.out() == 1);
  stop();
  CHECK_FALSE(waits.answered());
  SECTION("it is answered")
  {
    answer(minted("at-2", "rt-2"));
    CHECK(waits.token() == "at-2");
    CHECK_FALSE(waits.error);
  }
  SECTION("it is lost")
  {
    answer(lost());
    check_told(waits, "tokenctl token ana");
  }
  CHECK(quiet);
}

TEST_CASE_METHOD(Stopping, "who comes to wait after a stop is told at once")
{
  expire();
  stop();
  check_told(ask("ana", patient()), "tokenctl token ana");
  check_told(refresh("ana"), "tokenctl token ana");
  add("ben");
  check_told(login("ben"), "tokenctl token ben");
}

TEST_CASE_METHOD(Stopping, "a subscriber is told of no error: its stream ends with the process")
{
  const Caller& subscriber = subscribe();
  stop();
  CHECK(quiet);
  CHECK_FALSE(subscriber.error);
}

TEST_CASE_METHOD(Stopping, "an operation that the disk is about to take is answered as it went")
{
  disk.hold();
  const Caller& adds = add("ben");
  stop();
  CHECK(quiet);
  CHECK_FALSE(adds.error);
  commit();
  CHECK(adds.over);
  CHECK_FALSE(adds.error);
}

TEST_CASE_METHOD(Stopping, "tokens that are there are served to the end")
{
  refresh("ana");
  stop();
  CHECK(ask("ana").token() == "at-1");
}

}  // namespace
}  // namespace tokend::test
