// Lock and Unlock that meet a stop, or a disk that refuses.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Locked : Bench {
  Locked()
  {
    add("mail");
    sign_in("mail");
  }
};

TEST_CASE_METHOD(Locked, "an unlocking that waits while it is told to stop starts nothing any more")
{
  expire();
  ask("mail");
  const Caller& locker = lock();
  const Caller& unlocker = unlock();
  broker->quiesce([] {});
  answer(minted("at-2", "rt-2"));
  CHECK(locker.answered());
  CHECK(is_locked(unlocker));
  CHECK(unlocker.error->reason.contains("stopping"));
  CHECK(vault->locked());
  pass(Seconds(7200));
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Locked, "a lock that the disk prevents while it is told to stop starts nothing either")
{
  expire();
  ask("mail");
  const Caller& locker = lock();
  broker->quiesce([] {});
  disk.fill(DiskTrouble::kFull);
  answer(minted("at-2", "rt-2"));
  CHECK(locker.error);
  disk.fill({});
  pass(Seconds(60));
  pass(Seconds(7200));
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Locked, "a lock that the disk prevents names what is wrong with the disk")
{
  expire();
  ask("mail");
  const auto [trouble, cause] =
      GENERATE(std::pair(DiskTrouble::kFull, "disk_full"), std::pair(DiskTrouble::kReadOnly, "disk_read_only"),
               std::pair(DiskTrouble::kIo, "disk_failed"));
  disk.fill(trouble);
  answer(minted("at-2", "rt-2"));
  const Caller& locker = lock();
  CHECK(locker.cause() == cause);
  CHECK(locker.error->next.ends_with(", then 'tokenctl lock'"));
  CHECK_FALSE(vault->locked());
}

}  // namespace
}  // namespace tokend::test
