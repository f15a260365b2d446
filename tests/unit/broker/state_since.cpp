// `since` of an account: when its state began, from one to the next, and over a restart.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Clock : Bench {
  Clock() { add("ana"); }

  std::int64_t wall() const { return loop.wall().time_since_epoch().count(); }
  // The state began `ago` seconds back, and does not begin anew because somebody looks.
  void check(const std::string& expected, std::int64_t ago = 0)
  {
    const auto now = status("ana");
    CHECK(wire::name_of(now.state) == expected);
    CHECK(wall() - now.since == ago);
  }
  void check_kept(const std::string& expected, std::int64_t ago = 0)
  {
    check(expected, ago);
    pass(Seconds(7));
    check(expected, ago + 7);
    restart(Seconds(5));
    check(expected, ago + 12);
  }
};

struct SignedIn : Clock {
  SignedIn()
  {
    pass(Seconds(100));
    sign_in("ana");
  }
};

TEST_CASE_METHOD(Clock, "an account that has never been signed in stands so since it was added")
{
  check_kept("signed_out");
}

TEST_CASE_METHOD(Clock, "a login is pending since it began, and the account signed out since it was cancelled")
{
  pass(Seconds(10));
  login("ana");
  pass(Seconds(20));
  check("signing_in", 20);
  cancel("ana");
  pass(Seconds(1));
  check("signed_out", 1);
}

TEST_CASE_METHOD(SignedIn, "an account is fresh since its login") { check_kept("fresh"); }

TEST_CASE_METHOD(SignedIn, "an account is refreshing since its request, and fresh since the answer")
{
  pass(Seconds(100));
  refresh("ana");
  pass(Seconds(10));
  check("refreshing", 10);
  answer(minted("at-2", "rt-2"));
  check_kept("fresh");
}

TEST_CASE_METHOD(SignedIn, "an account that nobody uses is idle since its token expired, whoever has looked when")
{
  const auto days = std::chrono::days(20);
  const bool looked_before = GENERATE(true, false);
  const bool restarted = GENERATE(true, false);
  if (looked_before) check("fresh");
  sleep(days);
  if (restarted) restart(Seconds(0));
  check("idle", Seconds(days).count() - 3600);
}

TEST_CASE_METHOD(SignedIn, "an account is retrying since its refresh failed, whatever was wrong before")
{
  refresh("ana");
  answer(refused("invalid_client"));
  check("backing_off");
  refresh("ana");
  pass(Seconds(3));
  check("refreshing", 3);
  answer(come_later(429, "600"));
  pass(Seconds(4));
  check("backing_off", 4);
}

TEST_CASE_METHOD(SignedIn, "a login is in doubt since its answer was lost, over a restart")
{
  refresh("ana");
  answer(lost());
  check_kept("backing_off");
}

TEST_CASE_METHOD(SignedIn, "a login is needed since the provider has ended the old one")
{
  pass(Seconds(50));
  refresh("ana");
  pass(Seconds(5));
  answer(refused("invalid_grant"));
  check_kept("needs_login");
}

TEST_CASE_METHOD(SignedIn, "a login is needed since an answer came that cannot be read")
{
  refresh("ana");
  pass(Seconds(5));
  answer(reply(200, "%"));
  check_kept("needs_login");
}

TEST_CASE_METHOD(Clock, "a login is needed since a token expired that nothing can refresh")
{
  sign_in("ana", minted("at-1"));
  sleep(Seconds(3700));
  check_kept("needs_login", 100);
}

TEST_CASE_METHOD(SignedIn, "an account is signed out since its logout")
{
  pass(Seconds(50));
  logout("ana", true);
  check_kept("signed_out");
}

TEST_CASE_METHOD(SignedIn, "a login is needed since the definition changed, not since the next change")
{
  pass(Seconds(50));
  wire::Definition what;
  what.client_id = "other";
  set("ana", std::move(what));
  check_kept("needs_login");
  wire::Definition next;
  next.client_id = "another";
  set("ana", std::move(next));
  check("needs_login", 12);
}

}  // namespace
}  // namespace tokend::test
