// The order of an exchange: what is on disk before a request leaves, before an answer is read, before anybody is told.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

using Units = std::vector<std::string>;

struct Expired : Bench {
  Expired()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
    expire();
    disk.hold();
  }
  const AttemptRow& attempt() const { return disk.attempts.begin()->second; }
};

TEST_CASE_METHOD(Expired, "the intent is on disk before the request leaves")
{
  ask("ana");
  CHECK(disk.waiting() == Units{"intent"});
  CHECK(provider.out() == 0);
  commit();
  CHECK(provider.out() == 1);
  CHECK(attempt().sends == 1);
  CHECK(attempt().credential_tag == vault->fingerprint(Secret("rt-1")));
}

TEST_CASE_METHOD(Expired, "the raw answer is on disk before it is read")
{
  ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  CHECK(disk.waiting() == Units{"reply"});
  commit();
  CHECK(attempt().http_status == 200);
  CHECK(disk.waiting() == Units{"no-tokens token grant no-intent"});
}

TEST_CASE_METHOD(Expired, "nobody is answered before the new credential is on disk")
{
  const Caller& waits = ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  CHECK_FALSE(waits.answered());
  CHECK(durable_refresh_token("ana") == "rt-1");
  disk.finish({});
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(durable_access_token("ana") == "at-2");
  CHECK(disk.attempts.empty());
  run();
  CHECK(waits.token() == "at-2");
}

TEST_CASE_METHOD(Expired, "a refused request leaves no intent behind")
{
  ask("ana");
  commit();
  answer(come_later(503, "120"));
  CHECK(disk.waiting() == Units{"no-intent"});
  commit();
  CHECK(disk.attempts.empty());
}

TEST_CASE_METHOD(Expired, "an answer that is lost leaves the intent, and the next send is counted on disk first")
{
  ask("ana");
  commit();
  answer(lost());
  CHECK(disk.waiting().empty());
  const AttemptId first = attempt().id;
  pass(Seconds(2));
  CHECK(disk.waiting() == Units{"intent"});
  CHECK(provider.out() == 0);
  commit();
  CHECK(attempt().sends == 2);
  CHECK(attempt().id == first);
  CHECK(provider.last().has("refresh_token=rt-1"));
}

TEST_CASE_METHOD(Expired, "a login that is refused for good is set aside in one unit with its death")
{
  ask("ana");
  commit();
  answer(refused("invalid_grant"));
  CHECK(disk.waiting() == Units{"quarantine dead-grant no-intent"});
  commit();
  CHECK(durable_refresh_token("ana").empty());
}

TEST_CASE_METHOD(Expired, "an answer that cannot be read stays on disk, and its token is never sent again")
{
  const Caller& waits = ask("ana");
  commit();
  answer(reply(200, "<html>"));
  commit();
  CHECK(disk.waiting() == Units{});
  CHECK(attempt().http_status == 200);
  CHECK(waits.cause() == "refresh_in_doubt");
  pass(std::chrono::hours(1));
  CHECK(provider.out() == 0);
}

TEST_CASE("a login writes its pending grant with the intent, and repoints the account with the new credential")
{
  Bench bench;
  bench.add("ana");
  bench.disk.hold();
  const Caller& starter = bench.login("ana");
  bench.come_back(starter);
  CHECK(bench.disk.waiting() == Units{"pending-grant intent"});
  CHECK(bench.provider.out() == 0);
  bench.commit();
  bench.answer(minted("at-1", "rt-1"));
  CHECK(bench.disk.waiting() == Units{"reply"});
  bench.commit();
  CHECK(bench.disk.waiting() == Units{"no-tokens token grant no-intent account"});
  CHECK(starter.read<wire::LoginReply>().stage == wire::Stage::kOpenBrowser);
  bench.commit();
  CHECK(starter.read<wire::LoginReply>().stage == wire::Stage::kDone);
  CHECK(bench.durable_refresh_token("ana") == "rt-1");
}

}  // namespace
}  // namespace tokend::test
