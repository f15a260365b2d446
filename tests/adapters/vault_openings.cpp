// A vault over the real store and the real key file: made once, opened ever after, never made anew over data.
#include "daemon/adapters/vault_opening.hpp"

#include <sys/stat.h>

#include "daemon/adapters/key_file.hpp"
#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

class CountingRandom final : public Random {
 public:
  explicit CountingRandom(unsigned char first) : next_(first) {}
  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = std::byte{next_++};
  }

 private:
  unsigned char next_;
};

GrantContext context(int id)
{
  return {.grant = GrantId{id}, .generation = Generation{1}, .binding = {std::string(32, 'b')}};
}

struct StoreWithVault {
  TemporaryDirectory directory;
  StateDirectory state = StateDirectory::open(directory.path()).value();
  CountingRandom random{1};
  KeyFileSource keys{state};
  Store store = open_store(state);

  Result<Vault> open()
  {
    store.reset();
    store = open_store(state);
    return open_vault(state, *store, random, keys);
  }
  std::string cause()
  {
    const auto vault = open();
    return vault ? "" : vault.error().cause;
  }
  // Three grants with a refresh token each.
  void fill(Vault& vault)
  {
    Unit unit{.changes = {client()}};
    for (int id = 1; id <= 3; ++id) {
      GrantRow row = grant(id);
      row.sealed = vault.seal_refresh(context(id), Secret("refresh-" + std::to_string(id)));
      row.head = vault.head_of(row.id, row.generation, row.sealed);
      unit.changes.emplace_back(std::move(row));
    }
    REQUIRE(commit(*store, std::move(unit)));
  }
};

TEST_CASE_METHOD(StoreWithVault, "what one vault sealed the next one opens, and no key or secret is in the database")
{
  {
    auto vault = open();
    REQUIRE(vault.has_value());
    fill(*vault);
  }
  const auto vault = open();
  REQUIRE(vault.has_value());
  const Snapshot rows = store->load().value();
  REQUIRE(rows.grants.size() == 3);
  for (const GrantRow& row : rows.grants) {
    CHECK(vault->check_head(row));
    CHECK(vault->open_refresh(context(static_cast<int>(number(row.id))), row.sealed).value().reveal() ==
          "refresh-" + std::to_string(number(row.id)));
  }
  store.reset();
  CHECK(contents(directory / kDatabaseName).find("refresh-1") == std::string::npos);
}

TEST_CASE_METHOD(StoreWithVault, "a flipped byte in one record spoils that grant alone, and it can be set aside")
{
  {
    auto vault = open();
    REQUIRE(vault.has_value());
    fill(*vault);
  }
  store.reset();
  edit(directory / kDatabaseName,
       "UPDATE grants SET sealed = CAST(substr(sealed, 1, 39) || x'00' || substr(sealed, 41) AS BLOB)"
       " WHERE grant_id = 2");
  auto vault = open();
  REQUIRE(vault.has_value());
  Snapshot rows = store->load().value();
  REQUIRE(rows.grants.size() == 3);
  for (const GrantRow& row : rows.grants)
    CHECK(vault->open_refresh(context(static_cast<int>(number(row.id))), row.sealed).has_value() ==
          (row.id != GrantId{2}));

  GrantRow dead = rows.grants[1];
  dead.status = GrantStatus::kDead;
  dead.sealed = {};
  dead.head = vault->head_of(dead.id, dead.generation, dead.sealed);
  REQUIRE(commit(*store, {.changes = {QuarantineGrant{dead.id, QuarantineCause::kUnreadable, kNow}, dead}}));
  store.reset();
  CHECK(Database(directory / kDatabaseName).integer("SELECT count(*) FROM quarantine WHERE row_id = 2") == 1);
}

TEST_CASE_METHOD(StoreWithVault, "a replayed grant row is shown by its head")
{
  auto vault = open();
  REQUIRE(vault.has_value());
  fill(*vault);
  GrantRow newer = grant(2, 2);
  newer.sealed = vault->seal_refresh({GrantId{2}, Generation{2}, {std::string(32, 'b')}}, Secret("refresh-2b"));
  newer.head = vault->head_of(newer.id, newer.generation, newer.sealed);
  const std::string old_copy = (directory / "old.db").string();
  store.reset();
  fs::copy_file(directory / kDatabaseName, old_copy);
  store = open_store(state);
  REQUIRE(commit(*store, {.changes = {newer}}));
  store.reset();
  edit(directory / kDatabaseName, "ATTACH '" + old_copy + "' AS old; REPLACE INTO grants SELECT * FROM old.grants");
  store = open_store(state);
  const Snapshot rows = store->load().value();
  CHECK(vault->check_head(rows.grants.at(0)));
  CHECK_FALSE(vault->check_head(rows.grants.at(1)));
  CHECK(vault->check_head(rows.grants.at(2)));
}

TEST_CASE_METHOD(StoreWithVault, "a missing key file beside existing data is an error, and no key is made")
{
  REQUIRE(cause() == "");
  fs::remove(directory / kKeyFileName);
  CHECK(cause() == "no_key");
  CHECK_FALSE(fs::exists(directory / kKeyFileName));
}

TEST_CASE_METHOD(StoreWithVault, "another key file is told as the wrong key, a broken slot as damage")
{
  REQUIRE(cause() == "");
  const fs::path key = directory / kKeyFileName;
  fs::rename(key, directory / "right.key");
  REQUIRE(create_key_file(state, random).has_value());
  CHECK(cause() == "wrong_key");

  fs::rename(directory / "right.key", key);
  CHECK(cause() == "");
  store.reset();
  edit(directory / kDatabaseName, "UPDATE key_slots SET wrapped = zeroblob(72)");
  CHECK(cause() == "damaged_slot");
}

TEST_CASE_METHOD(StoreWithVault, "a start that was cut off behind the key file goes on with that key")
{
  REQUIRE(create_key_file(state, random).has_value());
  const std::string before = contents(directory / kKeyFileName);
  CHECK(cause() == "");
  CHECK(contents(directory / kKeyFileName) == before);
  CHECK(cause() == "");
}

TEST_CASE_METHOD(StoreWithVault, "data without key slots gets no new vault")
{
  {
    auto vault = open();
    REQUIRE(vault.has_value());
    fill(*vault);
  }
  store.reset();
  edit(directory / kDatabaseName, "DELETE FROM vault; DELETE FROM key_slots");
  CHECK(cause() == "damaged_database");
}

TEST_CASE_METHOD(StoreWithVault, "a vault is created once, and its slots can be replaced")
{
  REQUIRE(cause() == "");
  open();
  const auto again = store->create_vault(vault_row(), slot_row());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().cause == "vault_exists");

  std::vector<SlotRow> slots = store->load_slots().value();
  SlotRow second = slots.at(0);
  second.id = 2;
  slots.push_back(second);
  REQUIRE(store->save_slots(slots).has_value());
  CHECK(store->load_slots().value().size() == 2);
}

}  // namespace
}  // namespace tokend::test
