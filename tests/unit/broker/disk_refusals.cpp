// A disk that refuses, at each step of an exchange: what is sent, what is served, what is made good later.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Expired : Bench {
  Expired()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
    expire();
    disk.hold();
  }
};

// A login whose new grant the disk has refused once: the account is served from memory.
struct Unsaved : Bench {
  Unsaved() { sign_in_unsaved("ana"); }
};

TEST_CASE_METHOD(Expired, "no request leaves when the disk refuses the intent")
{
  const Caller& waits = ask("ana");
  refuse();
  CHECK(provider.out() == 0);
  CHECK(waits.cause() == "disk_full");
  CHECK(state("ana") == "backing_off");
  disk.let_go();
  pass(Seconds(1));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("refresh_token=rt-1"));
}

TEST_CASE_METHOD(Expired, "an answer that the disk refuses to keep raw is read nevertheless")
{
  const Caller& waits = ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  refuse();
  commit();
  CHECK(waits.token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
}

TEST_CASE_METHOD(Expired, "a new token that the disk refuses is served from memory, and the status says degraded")
{
  const Caller& waits = ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  refuse();
  CHECK(waits.token() == "at-2");
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-1");
  const auto degraded = daemon_status();
  CHECK(degraded.state == wire::DaemonState::kDegraded);
  CHECK(degraded.cause == "disk_full");
  CHECK(degraded.next == "free some space in /var/state");
}

TEST_CASE_METHOD(Expired, "what the disk refuses for is told apart, each with a step that helps")
{
  const auto [trouble, cause, step, step_there] = GENERATE(table<DiskTrouble, std::string, std::string, std::string>({
      {DiskTrouble::kFull, "disk_full", "free some space", "free some space in /var/state"},
      {DiskTrouble::kReadOnly, "disk_read_only", "make the state directory writable", "make /var/state writable"},
      {DiskTrouble::kIo, "disk_failed", "check the disk of the state directory, then start tokend again",
       "check the disk of /var/state, then start tokend again"},
  }));
  const Caller& waits = ask("ana");
  refuse(trouble);
  CHECK(waits.cause() == cause);
  CHECK(waits.error->next == step);
  commit();  // the intent is cleared
  const Caller& person = set("ana", definition("other"));
  refuse(trouble);
  CHECK(person.cause() == cause);
  CHECK(person.error->next == step);
  pass(Seconds(1));
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  refuse(trouble);
  CHECK(daemon_status().cause == cause);
  CHECK(daemon_status().next == step_there);
}

TEST_CASE_METHOD(Expired, "a refused credential is offered to the disk again until it takes it")
{
  ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  refuse();
  for (const int wait : {1, 2, 4}) {
    pass(Milliseconds(wait * 1000 - 1));
    CHECK(disk.waiting().empty());
    pass(Milliseconds(1));
    REQUIRE(disk.waiting().size() == 1);
    refuse();
  }
  pass(Seconds(8));
  commit();
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(disk.attempts.empty());
  CHECK(daemon_status().state == wire::DaemonState::kOk);
}

TEST_CASE_METHOD(Expired, "a grant that is not on disk yet is not refreshed again")
{
  ask("ana");
  commit();
  answer(minted("at-2", "rt-2"));
  commit();
  refuse();
  disk.fill(DiskTrouble::kFull);
  disk.let_go();
  const std::size_t asked = provider.asked.size();
  pass(Seconds(3600));
  ask("ana");
  CHECK(provider.asked.size() == asked);
}

TEST_CASE_METHOD(Unsaved, "a login that the disk refuses is done, and made good later")
{
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "none");
  pass(Seconds(1));
  CHECK(durable_refresh_token("ana") == "rt-1");
  restart();
  CHECK(problems.empty());
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE("the login before stays on disk until the new one is there")
{
  Bench bench;
  bench.sign_in("ana");
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-2", "rt-2"));
  bench.refuse();
  bench.refuse();
  CHECK(bench.ask("ana").token() == "at-2");
  CHECK(bench.disk.waiting() == std::vector<std::string>{"used"});
  CHECK(bench.durable_refresh_token("ana") == "rt-1");
  SECTION("an end now leaves the login before")
  {
    bench.disk.let_go();
    bench.restart();
    CHECK(bench.ask("ana").token() == "at-1");
  }
  SECTION("it goes when the disk has taken the new one")
  {
    bench.disk.let_go();
    bench.pass(Seconds(1));
    CHECK(bench.durable_refresh_token("ana") == "rt-2");
    CHECK(bench.disk.grants.size() == 1);
  }
}

TEST_CASE_METHOD(Unsaved, "a change of the account is not undone when the disk takes the login later")
{
  wire::Definition change;
  change.urls = {"https://api.example"};
  REQUIRE_FALSE(set("ana", std::move(change)).error);
  pass(Seconds(1));
  CHECK(durable_refresh_token("ana") == "rt-1");
  restart();
  CHECK(status("ana").urls == std::vector<std::string>{"https://api.example"});
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(Unsaved, "a change that is on its way to the disk is not undone by the login behind it")
{
  wire::Definition change;
  change.urls = {"https://api.example"};
  disk.hold();
  const Caller& person = set("ana", std::move(change));
  pass(Seconds(1));
  REQUIRE(disk.waiting() == std::vector<std::string>{"client account", "no-tokens token grant no-intent account"});
  disk.let_go();
  run();
  REQUIRE_FALSE(person.error);
  restart();
  CHECK(status("ana").urls == std::vector<std::string>{"https://api.example"});
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(Unsaved, "a change that the disk refuses does not cost the login behind it its account")
{
  wire::Definition change;
  change.urls = {"https://api.example"};
  disk.hold();
  const Caller& person = set("ana", std::move(change));
  pass(Seconds(1));
  refuse();
  commit();
  CHECK(person.cause() == "disk_full");
  restart();
  CHECK(status("ana").urls.empty());
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(Unsaved, "an account that was removed does not come back with the login that the disk takes later")
{
  disk.hold();
  const Caller& person = remove("ana", true);
  pass(Seconds(1));
  disk.let_go();
  run();
  REQUIRE_FALSE(person.error);
  CHECK(disk.accounts.empty());
  CHECK(disk.grants.empty());
}

TEST_CASE("a login that is being saved when its account gets another client serves nobody")
{
  Bench bench;
  bench.add("ana");
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-1", "rt-1"));
  wire::Definition change;
  change.token_endpoint = "https://as2.example/token";
  change.client_secret = Secret("client-secret");
  const bool change_first = GENERATE(true, false);
  if (!change_first) bench.commit();
  const Caller& person = bench.set("ana", std::move(change));
  bench.disk.let_go();
  bench.run();
  bench.disk.let_go();
  bench.run();
  REQUIRE_FALSE(person.error);
  CHECK(bench.ask("ana").cause() == "never_signed_in");
  bench.restart();
  CHECK(bench.problems.empty());
  CHECK(bench.ask("ana").cause() == "never_signed_in");
  CHECK(bench.disk.grants.empty());
  CHECK_FALSE(bench.disk.account("ana")->grant);
}

TEST_CASE("a change that is on its way when a login is saved is not undone")
{
  Bench bench;
  bench.add("ana");
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-1", "rt-1"));
  wire::Definition change;
  change.urls = {"https://api.example"};
  const Caller& person = bench.set("ana", std::move(change));
  bench.commit();
  REQUIRE(bench.disk.waiting().back() == "no-tokens token grant no-intent account");
  bench.disk.let_go();
  bench.run();
  REQUIRE_FALSE(person.error);
  bench.restart();
  CHECK(bench.status("ana").urls == std::vector<std::string>{"https://api.example"});
  CHECK(bench.ask("ana").token() == "at-1");
}

TEST_CASE("subscribers are told when a new login is in memory alone, and when it has found its way to the disk")
{
  Bench bench;
  bench.add("mail");
  bench.sign_in("mail");
  const Caller& watcher = bench.subscribe();
  const auto daemons = [&] {
    std::vector<std::string> causes;
    for (std::size_t back = watcher.answers.size(); back-- > 0;)
      if (const auto event = watcher.read<wire::Event>(back); event.event == wire::EventKind::kDaemon)
        causes.push_back(event.cause);
    return causes;
  };
  bench.expire();
  bench.ask("mail");
  bench.disk.fill(DiskTrouble::kFull);
  bench.answer(minted("at-2", "rt-2"));
  CHECK(daemons() == std::vector<std::string>{"disk_full"});
  bench.disk.fill({});
  bench.pass(Seconds(60));
  CHECK(daemons() == std::vector<std::string>{"disk_full", ""});
}

}  // namespace
}  // namespace tokend::test
