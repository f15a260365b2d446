// Logins: a new grant takes the place of the old one, or nothing changes.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

wire::Stage stage_of(const Caller& caller) { return caller.read<wire::LoginReply>().stage; }

struct SignedIn : Bench {
  SignedIn() { sign_in("ana"); }
};

TEST_CASE_METHOD(SignedIn, "a login serves its own token and drops the old grant, in memory and on disk")
{
  const GrantId old = *disk.account("ana")->grant;
  begin_exchange("ana");
  CHECK(ask("ana").token() == "at-1");
  answer(minted("at-2", "rt-2"));
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK_FALSE(disk.grants.contains(old));
  CHECK(disk.grants.size() == 1);
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(SignedIn, "the old grant goes in the unit that stores the new one, and is not refreshed again")
{
  begin_exchange("ana");
  disk.hold();
  answer(minted("at-2", "rt-2"));
  commit();
  CHECK(disk.waiting() == std::vector<std::string>{"no-tokens token grant no-intent account no-grant"});
  disk.let_go();
  run();
  pass(Seconds(3400));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("refresh_token=rt-2"));
}

TEST_CASE_METHOD(SignedIn, "a login that fails leaves the old grant serving")
{
  const Caller& starter = login("ana");
  come_back(starter);
  answer(refused("invalid_grant"));
  REQUIRE(starter.error);
  CHECK(starter.error->cause == "provider_error");
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
  CHECK(disk.grants.size() == 1);
  CHECK(disk.attempts.empty());
}

TEST_CASE("an account's status tells how its last login failed, until one succeeds")
{
  Bench bench;
  REQUIRE_FALSE(bench.add("ana").error);
  CHECK(bench.status("ana").last_error.empty());
  bench.begin_exchange("ana");
  bench.answer(reply(401, R"({"error":"invalid_client"})"));
  const auto status = bench.status("ana");
  CHECK(status.state == wire::State::kSignedOut);
  CHECK(status.last_error.starts_with("login: "));
  CHECK(status.last_error.contains("invalid_client"));
  CHECK(status.last_error_at == bench.loop.wall().time_since_epoch().count());
  bench.sign_in("ana");
  CHECK(bench.status("ana").last_error.empty());
}

TEST_CASE_METHOD(SignedIn, "a login whose token endpoint redirects says that it has moved, and what to set")
{
  const Caller& starter = login("ana");
  come_back(starter);
  answer(reply(308, ""));
  REQUIRE(starter.error);
  CHECK(starter.error->code == ErrorCode::kProviderRefused);
  CHECK(starter.error->cause == "endpoint_changed");
  CHECK(starter.error->reason.contains("answered 308: the endpoint has moved"));
  CHECK(starter.error->next == "tokenctl set ana --token-endpoint ...");
}

TEST_CASE_METHOD(SignedIn, "a login whose answer cannot be read says so in a sentence")
{
  const Caller& starter = login("ana");
  come_back(starter);
  answer(reply(200, "<html>"));
  REQUIRE(starter.error);
  CHECK(starter.error->reason == "ana: the login did not finish: the answer is neither JSON nor a form");
}

TEST_CASE_METHOD(SignedIn, "a login whose answer is lost is over: its code is not sent again")
{
  const Caller& starter = login("ana");
  come_back(starter);
  answer(lost());
  CHECK(starter.error);
  pass(Seconds(3000));
  CHECK(provider.out() == 0);
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "a login ends while the old grant's exchange is out: the late answer serves nobody")
{
  expire();
  const Caller& waits = ask("ana");
  REQUIRE(provider.out() == 1);
  const Caller& starter = login("ana");
  come_back(starter);
  REQUIRE(provider.out() == 2);
  provider.answer_newest(minted("at-2", "rt-2"));
  run();
  CHECK(stage_of(starter) == wire::Stage::kDone);
  CHECK(waits.token() == "at-2");
  answer(minted("at-old", "rt-old"));
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(disk.grants.size() == 1);
}

TEST_CASE_METHOD(SignedIn, "the answer that comes after a second login was cancelled is dropped, and the first goes on")
{
  const Caller& starter = login("ana");
  come_back(starter);
  CHECK_FALSE(cancel("ana").error);
  CHECK(starter.cause() == "user_denied");
  answer(minted("at-2", "rt-2"));
  CHECK(provider.out() == 0);  // a revocation could end the consent that both stand on
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
  CHECK(disk.grants.size() == 1);
}

TEST_CASE("the answer that comes after a first login was cancelled is revoked at the provider")
{
  Bench bench;
  bench.add("ana");
  bench.begin_exchange("ana");
  CHECK_FALSE(bench.cancel("ana").error);
  bench.answer(minted("at-1", "rt-1"));
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().url == "https://as.example/revoke");
  CHECK(bench.provider.last().has("token=rt-1"));
}

TEST_CASE_METHOD(SignedIn, "a cancelled login whose code was not sent yet sends nothing")
{
  disk.hold();
  const Caller& starter = login("ana");
  come_back(starter);
  cancel("ana");
  disk.let_go();
  run();
  CHECK(provider.out() == 0);
  CHECK(disk.grants.size() == 1);
}

TEST_CASE_METHOD(SignedIn, "a cancel that comes while the login is being saved comes too late")
{
  begin_exchange("ana");
  disk.hold();
  answer(minted("at-2", "rt-2"));
  commit();
  cancel("ana");
  commit();
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
}

}  // namespace
}  // namespace tokend::test
