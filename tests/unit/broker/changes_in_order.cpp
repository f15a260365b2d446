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

}  // namespace
}  // namespace tokend::test
