// A full disk, a failing fsync, a killed process: nothing that was acknowledged is lost, and nothing is told wrongly.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/adapters/store_faulty_disk.hpp"
#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

struct FaultyStore {
  FaultyDisk disk;  // before the store, behind it at the end
  OpenStore open;

  SqliteTokenStore& store() { return *open.store; }

  // The store thread stands still in a commit; what is queued now will be one batch.
  template <class Queue> void in_one_batch(Queue queue)
  {
    FaultyDisk::Gate gate;
    auto reached = gate.reached.get_future();
    disk.gate = &gate;
    auto first = commit_later(store(), {.changes = {account(100, "first")}});
    reached.wait();
    queue();
    gate.go_on.set_value();
    REQUIRE(first.get().has_value());
  }
};

GrantRow large_grant(int id) { return grant(id, 1, std::string(std::size_t{2} << 20, 'x')); }

TEST_CASE_METHOD(FaultyStore, "what is queued together is one transaction")
{
  std::vector<std::future<Committed>> answers;
  int before = 0;
  in_one_batch([&] {
    before = disk.log_syncs;
    for (int i = 0; i < 100; ++i)
      answers.push_back(commit_later(store(), {.changes = {account(i, std::to_string(i))}}));
  });
  for (auto& answer : answers) CHECK(answer.get().has_value());
  CHECK(disk.log_syncs == before + 1);
}

TEST_CASE_METHOD(FaultyStore, "a unit that the disk has no room for is rolled back alone")
{
  disk.log_limit = 1 << 20;
  std::vector<std::future<Committed>> answers;
  in_one_batch([&] {
    answers.push_back(commit_later(store(), {.changes = {grant(2)}}));
    answers.push_back(commit_later(store(), {.changes = {account(7, "half"), large_grant(3)}}));
    answers.push_back(commit_later(store(), {.changes = {grant(4)}}));
  });
  CHECK(answers[0].get().has_value());
  CHECK(answers[1].get() == Committed(std::unexpected(DiskTrouble::kFull)));
  CHECK(answers[2].get().has_value());

  disk.log_limit = INT64_MAX;
  const Snapshot rows = open.reloaded();
  CHECK(rows.grants.size() == 2);
  CHECK(rows.accounts.size() == 1);  // "first": "half" went with its unit
}

TEST_CASE_METHOD(FaultyStore, "the same unit is taken when there is room again")
{
  disk.log_limit = 1 << 20;
  CHECK(commit(store(), {.changes = {large_grant(3)}}) == Committed(std::unexpected(DiskTrouble::kFull)));
  disk.log_limit = INT64_MAX;
  CHECK(commit(store(), {.changes = {large_grant(3)}}).has_value());
  CHECK(open.reloaded().grants.size() == 1);
}

TEST_CASE_METHOD(FaultyStore, "a commit whose sync reports an error is either there and acknowledged, or neither")
{
  REQUIRE(commit(store(), {.changes = {grant(2, 3), attempt(2, 5, 3)}}));
  const Unit saved{.changes = {grant(2, 4, "new refresh"), DropAttempt{GrantId{2}}},
                   .when = Precondition{GrantId{2}, Generation{3}, AttemptId{5}}};
  disk.failing_syncs = 1;
  const Committed outcome = commit(store(), Unit{saved});
  disk.failing_syncs = 0;
  const Snapshot rows = open.reloaded();
  CHECK(outcome.has_value() == (rows.grants.at(0).generation == Generation{4}));
  CHECK(outcome.has_value() == rows.attempts.empty());
}

TEST_CASE_METHOD(FaultyStore, "a failed commit that had arrived is found after the reopening, not taken for stale")
{
  REQUIRE(commit(store(), {.changes = {grant(2, 3), attempt(2, 5, 3)}}));
  disk.failing_syncs = 1;
  const Unit cleared{.changes = {DropAttempt{GrantId{2}}},
                     .when = Precondition{GrantId{2}, Generation{3}, AttemptId{5}}};
  CHECK(commit(store(), Unit{cleared}).has_value());
  CHECK(open.reloaded().attempts.empty());
}

TEST_CASE_METHOD(FaultyStore, "one failing sync in a batch costs none of its units")
{
  std::vector<std::future<Committed>> answers;
  in_one_batch([&] {
    answers.push_back(commit_later(store(), {.changes = {grant(2)}}));
    answers.push_back(commit_later(store(), {.changes = {grant(4)}}));
    disk.failing_syncs = 2;  // the first one is of the commit that stands still
  });
  for (auto& answer : answers) CHECK(answer.get().has_value());
  CHECK(open.reloaded().grants.size() == 2);
}

TEST_CASE_METHOD(FaultyStore, "a store that cannot be opened again says so, and works when it can")
{
  disk.failing_syncs = 1;
  disk.failing_opens = 3;
  std::size_t refused = 0;
  for (int i = 0; i < 10; ++i) refused += commit(store(), {.changes = {grant(2)}}) ? 0 : 1;
  CHECK(refused > 0);
  CHECK(commit(store(), {.changes = {grant(4)}}).has_value());
  CHECK(open.reloaded().grants.size() == 2);
}

// In a child: commits accounts 1, 2, 3, ... and writes a byte for each that was acknowledged, until it is killed.
[[noreturn]] void commit_until_killed(const std::filesystem::path& path, int acknowledged)
{
  const StateDirectory state = StateDirectory::open(path).value();
  const Store store = open_store(state);
  const bool created = store->create_vault(vault_row(), slot_row()) && commit(*store, {.changes = {client()}});
  for (int i = 1; created; ++i)
    if (!commit(*store, {.changes = {account(i, std::to_string(i)), grant(i)}}) || ::write(acknowledged, "k", 1) != 1)
      break;
  ::_exit(1);
}

TEST_CASE("kill -9 in the middle of commits loses nothing that was acknowledged")
{
  for (int kills = 0; kills < 5; ++kills) {
    const TemporaryDirectory directory;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) commit_until_killed(directory.path(), ends[1]);
    ::close(ends[1]);

    std::size_t acknowledged = 0;
    char byte = 0;
    const std::size_t enough = 20 + static_cast<std::size_t>(kills) * 7;
    while (acknowledged < enough && ::read(ends[0], &byte, 1) == 1) ++acknowledged;
    REQUIRE(acknowledged == enough);
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    while (::read(ends[0], &byte, 1) == 1) ++acknowledged;
    ::close(ends[0]);

    const StateDirectory state = StateDirectory::open(directory.path()).value();
    const Snapshot rows = open_store(state)->load().value();
    CHECK(rows.accounts.size() >= acknowledged);
    CHECK(rows.accounts.size() <= acknowledged + 1);  // the one that was committed, not yet acknowledged
    CHECK(rows.grants.size() == rows.accounts.size());
  }
}

}  // namespace
}  // namespace tokend::test
