// What a start makes of what a crash has left, at each step of an exchange.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

// An exchange of an expired token, stopped where the test says.
struct Cut : Bench {
  Cut()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
    expire();
    disk.hold();
    ask("ana");
  }
  void start_well()
  {
    disk.hold();
    restart();
    disk.let_go();
    run();
  }
};

TEST_CASE_METHOD(Cut, "what was never noted has never been sent: it is asked for at once")
{
  start_well();
  REQUIRE(provider.out() == 1);
  CHECK(disk.attempts.begin()->second.sends == 1);
  const Caller& waits = ask("ana");
  answer(minted("at-2", "rt-2"));
  CHECK(waits.token() == "at-2");
}

TEST_CASE_METHOD(Cut, "an intent without a reply is in doubt: the same token is sent again after a wait")
{
  commit();
  REQUIRE(provider.out() == 1);
  start_well();
  CHECK(ask("ana").cause() == "refresh_in_doubt");
  CHECK(provider.out() == 0);
  pass(Seconds(1));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("refresh_token=rt-1"));
  CHECK(disk.attempts.begin()->second.sends == 2);
  answer(minted("at-2", "rt-2"));
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE("a doubtful token is not sent again while the old access token lives")
{
  Bench bench;
  bench.sign_in("ana");
  bench.refresh("ana");
  REQUIRE(bench.provider.out() == 1);
  bench.restart();
  CHECK(bench.ask("ana").token() == "at-1");
  bench.pass(Seconds(3600 - 60 - 2));
  CHECK(bench.provider.out() == 0);
  bench.pass(Seconds(2));
  CHECK(bench.provider.out() == 1);
}

TEST_CASE_METHOD(Cut, "a refusal of a token that was sent twice may be its answer's fault: the login is in doubt")
{
  commit();
  start_well();
  pass(Seconds(1));
  answer(refused("invalid_grant"));
  CHECK(ask("ana").cause() == "refresh_in_doubt");
  CHECK(state("ana") == "needs_login");
}

TEST_CASE_METHOD(Cut, "a raw reply is read as if it came now")
{
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  REQUIRE(durable_refresh_token("ana") == "rt-1");
  start_well();
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(disk.attempts.empty());
  CHECK(provider.out() == 0);
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(Cut, "what a raw reply gives lives from the request on, however late it is read")
{
  commit();
  sleep(Seconds(100));  // on its way
  answer(minted("at-2", "rt-2"));
  commit();
  disk.hold();
  restart(Seconds(3000));
  disk.let_go();
  run();
  CHECK(ask("ana").token() == "at-2");
  restart();
  sleep(Seconds(500));
  CHECK_FALSE(ask("ana").answered());
}

TEST_CASE_METHOD(Cut, "an end between the raw reply and the new credential, again and again, costs nothing")
{
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  for (int ends = 0; ends < 2; ++ends) {
    restart();
    commit();  // the reading is counted, and the new credential is on its way
  }
  disk.hold();
  restart();
  disk.let_go();
  run();
  REQUIRE(provider.out() == 0);
  refresh("ana");
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(Cut, "an answer whose new credential was saved is served, and nothing is under way")
{
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  disk.finish({});
  start_well();
  CHECK(ask("ana").token() == "at-2");
  CHECK(state("ana") == "fresh");
  sleep(Seconds(3600));
  ask("ana");
  CHECK(provider.last().has("refresh_token=rt-2"));
}

TEST_CASE_METHOD(Cut,
                 "a stored expiry is wall time: after a clock that went back no more than the lifetime is believed")
{
  disk.let_go();
  run();
  answer(minted("at-2", "rt-2"));
  loop.step_wall(-std::chrono::days(30));
  restart();
  CHECK(ask("ana").token() == "at-2");
  sleep(Seconds(3600));
  CHECK_FALSE(ask("ana").answered());
}

TEST_CASE("a login whose code was on its way is dropped: a code is not sent twice")
{
  Bench bench;
  bench.add("ana");
  bench.begin_exchange("ana");
  REQUIRE(bench.disk.grants.size() == 1);
  bench.restart();
  CHECK(bench.disk.grants.empty());
  CHECK(bench.disk.attempts.empty());
  CHECK(bench.provider.out() == 0);
  CHECK(bench.ask("ana").cause() == "never_signed_in");
}

TEST_CASE("a login whose provider had answered is finished")
{
  Bench bench;
  const bool again = GENERATE(false, true);
  if (again) bench.sign_in("ana");
  else bench.add("ana");
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-2", "rt-2"));
  bench.commit();
  bench.restart();
  bench.disk.let_go();
  bench.run();
  CHECK(bench.durable_refresh_token("ana") == "rt-2");
  CHECK(bench.ask("ana").token() == "at-2");
  CHECK(bench.disk.grants.size() == 1);
}

TEST_CASE("a token that a start with a slow clock took for fresh is not served once the clock is right")
{
  Bench bench;
  bench.add("mail");
  bench.sign_in("mail");
  bench.loop.step_wall(-std::chrono::years(10));
  bench.boot_id = "boot-2";
  bench.restart(std::chrono::hours(2));
  CHECK(bench.ask("mail").token() == "at-1");
  bench.loop.step_wall(std::chrono::years(10));
  bench.loop.ring();
  bench.run();
  CHECK(bench.status("mail").state == wire::State::kRefreshing);
  CHECK_FALSE(bench.ask("mail").answered());
}

TEST_CASE("a token of this boot ends when it ends, however slow the clock is at the next start")
{
  Bench bench;
  bench.sign_in("mail");
  bench.loop.step_wall(-std::chrono::years(10));
  SECTION("it was minted and saved")
  {
    bench.restart(Seconds(3500));
    CHECK(bench.ask("mail").token() == "at-1");
    bench.restart(Seconds(100));
  }
  SECTION("its answer was still to be read")
  {
    bench.refresh("mail");
    bench.disk.hold();
    bench.answer(minted("at-2", "rt-2"));
    bench.commit();  // the raw answer
    bench.disk.let_go();
    bench.restart(Seconds(3600));
  }
  CHECK(bench.ask("mail").token() == "none");
}

TEST_CASE("a grant that nobody points to is dropped")
{
  Bench bench;
  bench.sign_in("ana");
  bench.disk.accounts.begin()->second.grant.reset();
  bench.restart();
  CHECK(bench.disk.grants.empty());
  CHECK(bench.ask("ana").cause() == "never_signed_in");
}

TEST_CASE("an older row of an account, put back by somebody, does not send the login to its older token endpoint")
{
  Bench bench;
  bench.add("ana");
  AccountRow old = *bench.disk.account("ana");
  wire::Definition elsewhere;
  elsewhere.token_endpoint = "https://as2.example/token";
  elsewhere.client_secret = Secret("client-secret");
  bench.set("ana", std::move(elsewhere));
  bench.sign_in("ana");
  old.grant = bench.disk.account("ana")->grant;
  old.client = bench.disk.account("ana")->client;
  bench.disk.accounts[old.id] = old;
  bench.restart();
  bench.expire();
  bench.ask("ana");
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().url == "https://as2.example/token");
}

}  // namespace
}  // namespace tokend::test
