// Two changes of one account at once: each writes its row as the one before it has left it.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct SignedIn : Bench {
  SignedIn()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
  }
};

TEST_CASE_METHOD(SignedIn, "a logout behind a change that is being saved leaves the change as it is")
{
  wire::Definition what;
  what.urls = {"https://api.example"};
  const bool taken = GENERATE(true, false);
  disk.hold();
  set("ana", std::move(what));
  const Caller& person = logout("ana", true);
  const Caller& another = logout("ana", true);
  commit(taken ? Committed{} : std::unexpected(DiskTrouble::kFull));
  CHECK_FALSE(person.answered());
  disk.let_go();
  run();
  CHECK(person.answers.size() == 1);
  CHECK(another.answers.size() == 1);
  restart();
  CHECK(status("ana").cause == "signed_out");
  CHECK(status("ana").urls.size() == (taken ? 1 : 0));
}

TEST_CASE_METHOD(SignedIn, "a change behind a logout that is being saved is refused, and holds when it is tried again")
{
  wire::Definition what;
  what.urls = {"https://api.example"};
  disk.hold();
  logout("ana", true);
  CHECK(set("ana", definition("other")).error->reason == "ana: another change is being saved");
  const Caller& second = logout("ana", true);
  disk.let_go();
  run();
  CHECK(second.answers.size() == 1);
  CHECK_FALSE(set("ana", std::move(what)).error);
  restart();
  CHECK(status("ana").cause == "signed_out");
  CHECK(status("ana").urls.size() == 1);
}

TEST_CASE_METHOD(SignedIn, "a removal behind a change that is being saved leaves nothing of it")
{
  wire::Definition what;
  what.client_id = "other";
  disk.hold();
  set("ana", std::move(what));
  const Caller& person = remove("ana", true);
  disk.let_go();
  run();
  CHECK(person.answers.size() == 1);
  CHECK(disk.accounts.empty());
  CHECK(disk.clients.empty());
  CHECK(disk.grants.empty());
}

TEST_CASE("a change that meets a login on its way to the disk is answered when its own row is there again")
{
  Bench bench;
  bench.add("ana");
  wire::Definition what;
  what.urls = {"https://api.example"};
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-1", "rt-1"));
  const Caller& person = bench.set("ana", std::move(what));
  bench.commit();  // the raw answer; the login's unit is queued now, behind the change
  bench.commit();  // the change
  CHECK_FALSE(person.answered());
  const bool taken = GENERATE(true, false);
  bench.commit();  // the login
  CHECK_FALSE(person.answered());
  bench.commit(taken ? Committed{} : std::unexpected(DiskTrouble::kFull));
  CHECK(person.answers.size() == (taken ? 1 : 0));
  CHECK(person.cause() == (taken ? "none" : "disk_full"));
  bench.disk.let_go();
  if (!taken) return;
  bench.restart();
  CHECK(bench.status("ana").urls.size() == 1);
}

}  // namespace
}  // namespace tokend::test
