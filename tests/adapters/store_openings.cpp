// Which databases are opened, which are refused, and that a refused one stays as it was.
#include "daemon/adapters/database_opening.hpp"

#include <sys/stat.h>

#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

struct ClosedStore : OpenStore {
  ClosedStore()
  {
    commit(*store, {.changes = {grant(2), grant(4), account(3, "work", GrantId{2}), token(9, 2), attempt(2, 5)}});
    store.reset();
  }
  std::vector<fs::path> damaged_copies() const
  {
    std::vector<fs::path> copies;
    for (const auto& entry : fs::directory_iterator(directory.path()))
      if (entry.path().filename().string().starts_with("tokend.db.damaged-")) copies.push_back(entry.path());
    return copies;
  }
};

constexpr SchemaStep kSecondStep{2, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"};

TEST_CASE("the database and its log are private from the first byte")
{
  const OpenStore open;
  for (const char* name : {"tokend.db", "tokend.db-wal"}) {
    struct stat status{};
    REQUIRE(::stat((open.directory / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
  }
  CHECK_FALSE(fs::exists(open.directory / "tokend.db-shm"));
}

TEST_CASE_METHOD(ClosedStore, "a newer schema is refused and left byte for byte")
{
  edit(database(), "PRAGMA user_version = 9");
  const std::string before = contents(database());
  const DatabaseRefusal refused = refusal(state);
  CHECK(refused.trouble == DatabaseTrouble::kNewer);
  CHECK(refused.error.cause == "newer_database");
  CHECK(contents(database()) == before);
}

TEST_CASE_METHOD(ClosedStore, "a newer schema that is only in the log yet is refused, and both files are left")
{
  const std::string log_name = (directory / "tokend.db-wal").string();
  {
    Database newer(database());
    newer.execute("PRAGMA user_version = 9");
  }
  const std::string before = contents(database());
  const std::string log = contents(log_name);
  REQUIRE_FALSE(log.empty());
  CHECK(refusal(state).trouble == DatabaseTrouble::kNewer);
  CHECK(contents(database()) == before);
  CHECK(contents(log_name) == log);
}

TEST_CASE_METHOD(ClosedStore, "a database of another program is refused and left byte for byte")
{
  edit(database(), "PRAGMA application_id = 42");
  const std::string before = contents(database());
  CHECK(refusal(state).trouble == DatabaseTrouble::kForeign);
  CHECK(contents(database()) == before);
}

TEST_CASE("a database without an application id but with tables is foreign")
{
  const TemporaryDirectory home;
  const StateDirectory state = StateDirectory::open(home.path()).value();
  edit(home / kDatabaseName, "CREATE TABLE t (x)");
  REQUIRE(::chmod((home / kDatabaseName).c_str(), 0600) == 0);
  CHECK(refusal(state).trouble == DatabaseTrouble::kForeign);
}

TEST_CASE_METHOD(ClosedStore, "a damaged file stays where it is, is copied, and the copy is named")
{
  std::string bytes = contents(database());
  bytes.replace(4096, bytes.size() - 4096, bytes.size() - 4096, '\x5a');
  std::ofstream(database(), std::ios::binary) << bytes;
  const DatabaseRefusal refused = refusal(state);
  CHECK(refused.trouble == DatabaseTrouble::kDamaged);
  CHECK(contents(database()) == bytes);
  REQUIRE(damaged_copies().size() == 1);
  CHECK(contents(damaged_copies()[0]) == bytes);
  CHECK(damaged_copies()[0].filename() == "tokend.db.damaged-20270115T080000Z");
  CHECK(refused.error.reason.find(damaged_copies()[0].string()) != std::string::npos);
}

TEST_CASE_METHOD(ClosedStore, "a file that is no database is damaged")
{
  std::ofstream(database(), std::ios::binary) << std::string(9000, 'x');
  CHECK(refusal(state).trouble == DatabaseTrouble::kDamaged);
}

TEST_CASE_METHOD(ClosedStore, "a schema whose text is damaged is damage too: the file is named, and what to do")
{
  edit(database(),
       "PRAGMA writable_schema = ON;"
       "UPDATE sqlite_schema SET sql = replace(sql, 'consented_at', 'consented_aT_')");
  const std::string before = contents(database());
  store = open_store(state);
  const auto loaded = store->load();
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().cause == "damaged_database");
  CHECK(loaded.error().reason.starts_with(database().string() + " is damaged (no such column: "));
  CHECK(loaded.error().next == "mv '" + database().string() + "' '" + database().string() + ".moved'");
  store.reset();
  CHECK(contents(database()) == before);
}

TEST_CASE_METHOD(ClosedStore, "a database whose own id is damaged is named too, and what to do")
{
  edit(database(), "INSERT OR REPLACE INTO vault (id, database_id, epoch, commits) VALUES (1, x'00', 1, 0)");
  store = open_store(state);
  const auto row = store->load_vault();
  REQUIRE_FALSE(row.has_value());
  CHECK(row.error().cause == "damaged_database");
  CHECK(row.error().reason.contains(database().string()));
  CHECK(row.error().next.starts_with("mv '" + database().string() + "' "));
}

TEST_CASE_METHOD(ClosedStore, "an empty database beside a full log is damaged, and the log is kept")
{
  {
    Database writer(database());
    writer.execute("UPDATE accounts SET name = 'x'");
  }
  fs::resize_file(database(), 0);
  const std::string log = contents(directory / "tokend.db-wal");
  REQUIRE_FALSE(log.empty());
  CHECK(refusal(state).trouble == DatabaseTrouble::kDamaged);
  CHECK(contents(directory / "tokend.db-wal") == log);
}

TEST_CASE_METHOD(ClosedStore, "a database that is a symbolic link or open to others is refused")
{
  REQUIRE(::chmod(database().c_str(), 0644) == 0);
  CHECK(refusal(state).error.cause == "wide_mode");
  REQUIRE(::chmod(database().c_str(), 0600) == 0);
  fs::rename(database(), directory / "elsewhere");
  fs::create_symlink(directory / "elsewhere", database());
  CHECK(refusal(state).error.cause == "symlink");
}

TEST_CASE_METHOD(ClosedStore, "a database that another connection holds is busy")
{
  Database holder(database());
  holder.execute("BEGIN EXCLUSIVE");
  CHECK(refusal(state).trouble == DatabaseTrouble::kBusy);
}

TEST_CASE_METHOD(ClosedStore, "an older database is copied and migrated with its rows")
{
  const SchemaStep steps[] = {schema_steps()[0], kSecondStep};
  const std::string before = contents(database());
  auto migrated = open_database(state, kNow, steps);
  REQUIRE(migrated.has_value());
  CHECK(migrated->integer("PRAGMA user_version") == 2);
  CHECK(migrated->integer("SELECT count(*) FROM later") == 0);
  CHECK(migrated->integer("SELECT count(*) FROM grants") == 2);
  Database backup(directory / "tokend.db.before-v2");
  CHECK(backup.integer("PRAGMA user_version") == 1);
  CHECK(backup.integer("SELECT count(*) FROM grants") == 2);
}

TEST_CASE_METHOD(ClosedStore, "a migration that fails in its last step changes nothing")
{
  const SchemaStep steps[] = {schema_steps()[0], kSecondStep, {3, "CREATE TABLE grants (x)"}};
  const auto migrated = open_database(state, kNow, steps);
  REQUIRE_FALSE(migrated.has_value());
  CHECK(migrated.error().trouble == DatabaseTrouble::kDisk);
  store = open_store(state);
  CHECK(store->load().value().grants.size() == 2);
}

TEST_CASE_METHOD(ClosedStore, "a row that cannot be is named and set aside, and the others are served")
{
  edit(database(), "UPDATE grants SET binding = x'00' WHERE grant_id = 2");
  const Snapshot rows = reloaded();
  REQUIRE(rows.grants.size() == 1);
  CHECK(rows.grants[0].id == GrantId{4});
  CHECK(rows.tokens.empty());
  CHECK(rows.attempts.empty());
  CHECK(rows.accounts.at(0).grant == GrantId{2});  // it has a login, which cannot be read
  CHECK(store->damaged_rows().at(0).table == "grants");
  CHECK(store->damaged_rows()[0].id == 2);
  CHECK(reloaded().grants.size() == 1);  // again: what is set aside is set aside once

  store.reset();
  Database left(database());
  CHECK(left.integer("SELECT count(*) FROM grants") == 2);
  CHECK(left.integer("SELECT count(*) FROM quarantine WHERE source = 1") == 1);
  CHECK(left.text("SELECT sealed FROM quarantine WHERE source = 5") == "sealed reply");
}

TEST_CASE_METHOD(ClosedStore, "a time that no clock shows is read as the nearest one that it can show")
{
  const std::string_view number = GENERATE("9223372036854775807", "-9223372036854775808");
  for (const char* column : {"grants SET consented_at", "grants SET rotated_at", "accounts SET last_used_day",
                             "access_tokens SET expires_at", "attempts SET wall_at", "attempts SET boot_at",
                             "attempts SET sends", "attempts SET parse_tries"})
    edit(database(), "UPDATE " + std::string(column) + " = " + std::string(number));
  const Snapshot rows = reloaded();
  CHECK(store->damaged_rows().empty());
  const WallTime first{}, last{Seconds(253'402'300'799)};
  const auto can_be = [&](WallTime at) { return at == first || at == last; };
  for (const GrantRow& row : rows.grants) CHECK((can_be(row.consented) && can_be(row.rotated)));
  for (const AccountRow& row : rows.accounts) CHECK((row.last_used_day == 0 || row.last_used_day == 2'932'896));
  for (const TokenRow& row : rows.tokens) CHECK(can_be(*row.expires));
  REQUIRE(rows.attempts.size() == 1);
  const AttemptRow& attempt = rows.attempts.front();
  CHECK(can_be(attempt.wall));
  CHECK(attempt.boot >= BootTime{});
  CHECK(attempt.boot <= BootTime(Seconds(253'402'300'799)));
  CHECK((attempt.sends >= 0 && attempt.sends <= 1'000'000));
  CHECK((attempt.parse_tries >= 0 && attempt.parse_tries <= 1'000'000));
}

TEST_CASE_METHOD(ClosedStore, "a grant row that somebody deleted is missed by its head")
{
  edit(database(), "DELETE FROM grants WHERE grant_id = 4");
  reloaded();
  REQUIRE(store->damaged_rows().size() == 1);
  CHECK(store->damaged_rows()[0].table == "heads");
  CHECK(store->damaged_rows()[0].id == 4);
}

TEST_CASE_METHOD(ClosedStore, "an id is counted whatever became of its row")
{
  const std::string damage =
      GENERATE(as<std::string>{}, "UPDATE grants SET binding = x'00' WHERE grant_id = 4",
               "UPDATE grants SET status = 9", "DELETE FROM grants WHERE grant_id = 4",
               "UPDATE clients SET client_row = 3 WHERE client_row = 1", "UPDATE accounts SET name = '', origin = 7",
               "UPDATE attempts SET kind = 9", "UPDATE access_tokens SET sealed = x''", "SELECT 1");
  edit(database(), damage);
  const HighestIds highest = reloaded().highest;
  CHECK(number(highest.grant) == 4);
  CHECK(number(highest.client) == (damage.starts_with("UPDATE clients") ? 3 : 1));
  CHECK(number(highest.account) == 3);
  CHECK(highest.token == 9);
}

TEST_CASE_METHOD(ClosedStore, "an id of what was set aside is counted too, until that is purged")
{
  edit(database(),
       "INSERT INTO quarantine (source, row_id, generation, binding, cause, at, sealed)"
       " VALUES (1, 50, 1, x'', 1, 1800000000, x'00'), (5, 51, 1, x'', 1, 1800000000, x'00'),"
       " (2, 52, 1, x'', 1, 1800000000, x'00'), (3, 53, 1, x'', 1, 1800000000, x'00'),"
       " (4, 54, 1, x'', 1, 1800000000, x'00')");
  const HighestIds highest = reloaded().highest;
  CHECK(number(highest.grant) == 51);
  CHECK(number(highest.account) == 52);
  CHECK(number(highest.client) == 53);
  CHECK(highest.token == 54);
}

TEST_CASE_METHOD(ClosedStore, "the name of an account that cannot be read is known to be taken")
{
  edit(database(), "UPDATE accounts SET origin = 7");
  const Snapshot rows = reloaded();
  CHECK(rows.accounts.empty());
  REQUIRE(rows.lost_accounts.size() == 1);
  CHECK(number(rows.lost_accounts[0].id) == 3);
  CHECK(rows.lost_accounts[0].name == "work");
  CHECK(rows.lost_accounts[0].grant == GrantId{2});
}

TEST_CASE_METHOD(ClosedStore, "what was set aside is purged by a start that comes 30 days later")
{
  edit(database(),
       "INSERT INTO quarantine (source, row_id, generation, binding, cause, at, sealed)"
       " VALUES (1, 50, 1, x'', 1, 1800000000 - 30 * 86400 - 1, x'00'),"
       " (1, 51, 1, x'', 1, 1800000000 - 30 * 86400, x'00')");
  reloaded();
  store.reset();
  Database left(database());
  CHECK(left.integer("SELECT count(*) FROM quarantine") == 1);
  CHECK(left.integer("SELECT row_id FROM quarantine") == 51);
}

}  // namespace
}  // namespace tokend::test
