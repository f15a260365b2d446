// What an account is to everybody else while its removal is on the way.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

std::vector<std::string> listed(Bench& bench)
{
  Caller& caller = bench.call();
  bench.broker->list_accounts(caller);
  bench.run();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < caller.answers.size(); ++i) {
    const auto reply = caller.read<wire::ListAccountsReply>(caller.answers.size() - 1 - i);
    CHECK(reply.total == static_cast<std::int64_t>(caller.answers.size()));
    names.push_back(reply.status->account);
  }
  return names;
}

struct Removing : Bench {
  Removing()
  {
    sign_in("ana");
    ask("ana");
    sign_in("ben");
    remove("ana");
  }
  bool is_missing(const Caller& caller) { return caller.error && caller.error->code == ErrorCode::kNoSuchAccount; }
};

TEST_CASE_METHOD(Removing, "an account that is being removed is not there for other calls")
{
  CHECK(is_missing(ask("ana")));
  CHECK_FALSE(broker->ready({.account = "ana"}));
  CHECK(is_missing(refresh("ana")));
  CHECK(is_missing(logout("ana")));
  CHECK(is_missing(remove("ana")));
  CHECK(is_missing(login("ana")));
  CHECK(is_missing(cancel("ana")));
  CHECK(is_missing(set("ana", definition())));
  CHECK(is_missing(subscribe({"ana"})));
  CHECK(ask("ana").error->similar.empty());
  CHECK(listed(*this) == std::vector<std::string>{"ben"});
  CHECK(daemon_status().accounts == 1);
  CHECK(add("ana").error->reason == "ana: another change is being saved");
}

TEST_CASE_METHOD(Removing, "an account whose removal fails is there again, also for who subscribed meanwhile")
{
  const Caller& watcher = subscribe();
  REQUIRE(watcher.answers.size() == 2);  // ben, synced
  answer(come_later(503, "60"));
  REQUIRE(watcher.answers.size() == 3);
  CHECK(watcher.read<wire::Event>().account == "ana");
  CHECK(watcher.read<wire::Event>().event == wire::EventKind::kState);
  CHECK(ask("ana").token() == "at-1");
  CHECK(listed(*this) == std::vector<std::string>{"ana", "ben"});
  CHECK_FALSE(login("ana").error);
}

}  // namespace
}  // namespace tokend::test
