// A person who refreshes while the disk refuses what the last exchange brought.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Unsaved : Bench {
  Unsaved() { sign_in_unsaved("ana"); }
};

TEST_CASE_METHOD(Unsaved, "a refresh while the last one is not on disk is told at once what is wrong with the disk")
{
  disk.fill(DiskTrouble::kFull);
  pass(Seconds(1));
  const Caller& person = refresh("ana");
  CHECK(person.cause() == "disk_full");
  CHECK(person.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(person.error->next == "free some space");
  CHECK(provider.out() == 0);
}

}  // namespace
}  // namespace tokend::test
