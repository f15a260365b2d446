// What a disk refuses and cannot be had again: it waits in the runtime directory for the next start.
#include <sys/stat.h>

#include <map>

#include "tests/adapters/store_faulty_disk.hpp"
#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

struct Spilling {
  FaultyDisk disk;
  TemporaryDirectory runtime;
  OpenStore open;

  Spilling()
  {
    start();
    REQUIRE(commit(*open.store, {.changes = {grant(2), intent()}}));
  }
  // As a daemon starts.
  Snapshot start()
  {
    open.store.reset();
    disk.log_limit = INT64_MAX;
    open.store = open_store(open.state, spill());
    return open.store->load().value();
  }
  std::filesystem::path spill() const { return runtime / "spill"; }
  static AttemptRow intent(int id = 5)
  {
    AttemptRow row = attempt(2, id);
    row.http_status.reset();
    row.sealed = {"sealed intent"};
    return row;
  }
  static AttemptRow answered() { return attempt(2, 5); }
  static Unit unit(AttemptRow row)
  {
    return {.changes = {std::move(row)},
            .when = Precondition{GrantId{2}, Generation{1}, AttemptId{5}},
            .room = Room::kPrecious};
  }
  void refuse_the_answer()
  {
    disk.log_limit = 0;
    REQUIRE(commit(*open.store, unit(answered())) == Committed(std::unexpected(DiskTrouble::kFull)));
  }
  // Relative name -> contents.
  std::map<std::string, std::string> files() const
  {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(runtime.path()))
      if (entry.is_regular_file()) found[entry.path().lexically_relative(runtime.path())] = contents(entry.path());
    return found;
  }
};

mode_t mode_of(const std::filesystem::path& path)
{
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

// The id of the tests' database is "dddd...".
const std::string kFile = "spill/64646464646464646464646464646464/2";

TEST_CASE_METHOD(Spilling, "an answer that the disk refuses is a row of the journal at the next start")
{
  refuse_the_answer();
  const Snapshot rows = start();
  REQUIRE(rows.attempts.size() == 1);
  const AttemptRow& found = rows.attempts.front();
  CHECK(found.id == AttemptId{5});
  CHECK(found.from == Generation{1});
  CHECK(found.http_status == 200);
  CHECK(found.sealed.bytes == "sealed reply");
  CHECK(found.credential_tag == std::string(32, 't'));
  CHECK(found.wall == kNow);
  CHECK(found.parse_tries == 1);
}

TEST_CASE_METHOD(Spilling, "it is readable by its owner alone")
{
  refuse_the_answer();
  CHECK(files().size() == 1);
  CHECK(mode_of(spill()) == 0700);
  CHECK(mode_of(runtime / kFile.c_str()) == 0600);
}

TEST_CASE_METHOD(Spilling, "it is gone as soon as the disk has it, or does not need it any more")
{
  refuse_the_answer();
  REQUIRE(files().size() == 1);
  disk.log_limit = INT64_MAX;
  const bool restarted = GENERATE(false, true);
  if (restarted) start();
  SECTION("as an answer") { REQUIRE(commit(*open.store, unit(answered()))); }
  SECTION("as what was made of it")
  {
    REQUIRE(commit(*open.store, {.changes = {grant(2, 2), DropAttempt{GrantId{2}}}}));
  }
  SECTION("with its grant") { REQUIRE(commit(*open.store, {.changes = {DropGrant{GrantId{2}}}})); }
  CHECK(files().empty());
}

TEST_CASE_METHOD(Spilling, "what is of no use at a start is dropped, and changes nothing")
{
  refuse_the_answer();
  disk.log_limit = INT64_MAX;
  REQUIRE(files().contains(kFile));
  open.store.reset();
  open.store = open_store(open.state);  // one that knows of no spill
  SECTION("the answer to another attempt") { REQUIRE(commit(*open.store, {.changes = {intent(6)}})); }
  SECTION("an attempt that has been saved")
  {
    REQUIRE(commit(*open.store, {.changes = {grant(2, 2), DropAttempt{GrantId{2}}}}));
  }
  const Snapshot rows = start();
  for (const AttemptRow& row : rows.attempts) CHECK_FALSE(row.http_status);
  CHECK(files().empty());
}

TEST_CASE_METHOD(Spilling, "an answer that was written whole counts, also where its file had not got its name yet")
{
  refuse_the_answer();
  disk.log_limit = INT64_MAX;
  std::filesystem::rename(runtime / kFile.c_str(), runtime / (kFile + ".new").c_str());
  const Snapshot rows = start();
  REQUIRE(rows.attempts.size() == 1);
  CHECK(rows.attempts.front().http_status == 200);
  CHECK(files().contains(kFile));
  REQUIRE(commit(*open.store, unit(rows.attempts.front())));
  CHECK(files().empty());
}

TEST_CASE_METHOD(Spilling, "half a file is kept and told, and the others are served")
{
  refuse_the_answer();
  disk.log_limit = INT64_MAX;
  std::filesystem::resize_file(runtime / kFile.c_str(), 20);
  const Snapshot rows = start();
  REQUIRE(rows.attempts.size() == 1);
  CHECK_FALSE(rows.attempts.front().http_status);
  CHECK(files().contains(kFile));
  CHECK(open.store->spills_kept() == std::vector<std::string>{(runtime / kFile.c_str()).string()});
}

TEST_CASE_METHOD(Spilling, "an answer whose intent cannot be read is kept and told, until its grant is dropped")
{
  refuse_the_answer();
  disk.log_limit = INT64_MAX;
  open.store.reset();
  open.store = open_store(open.state);  // one that knows of no spill
  AttemptRow of_no_kind = intent();
  of_no_kind.kind = static_cast<AttemptKind>(9);
  REQUIRE(commit(*open.store, {.changes = {of_no_kind}}));
  CHECK(start().attempts.empty());
  CHECK(files().contains(kFile));
  CHECK(open.store->spills_kept().size() == 1);
  REQUIRE(commit(*open.store, {.changes = {DropGrant{GrantId{2}}}}));
  CHECK(files().empty());
}

TEST_CASE_METHOD(Spilling, "another database's is left alone")
{
  refuse_the_answer();
  disk.log_limit = INT64_MAX;
  const TemporaryDirectory elsewhere;
  const StateDirectory state = StateDirectory::open(elsewhere.path()).value();
  const Store other = open_store(state, spill());
  REQUIRE(other->create_vault({.database_id = std::string(16, 'e')}, slot_row()));
  CHECK(other->load().value().attempts.empty());
  CHECK(files().size() == 1);
}

TEST_CASE_METHOD(Spilling, "a directory that others may read or write is not used, nor a link")
{
  SECTION("wide")
  {
    std::filesystem::create_directory(spill());
    std::filesystem::permissions(spill(), std::filesystem::perms(0755));
  }
  SECTION("a link") { std::filesystem::create_directory_symlink("/tmp", spill()); }
  refuse_the_answer();
  CHECK(files().empty());
}

TEST_CASE_METHOD(Spilling, "only answers are kept: an intent that is refused was not sent")
{
  disk.log_limit = 0;
  CHECK_FALSE(commit(*open.store, {.changes = {intent(6)}, .room = Room::kIntent}));
  CHECK(files().empty());
}

}  // namespace
}  // namespace tokend::test
