// Units in, rows out, over the real SQLite.
#include "tests/adapters/store_support.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

TEST_CASE_METHOD(OpenStore, "a new store is empty but for what was committed")
{
  const Snapshot rows = reloaded();
  CHECK(rows.clients.size() == 1);
  CHECK(rows.grants.empty());
  CHECK(rows.accounts.empty());
  CHECK(rows.tokens.empty());
  CHECK(rows.attempts.empty());
}

TEST_CASE_METHOD(OpenStore, "every column of every row comes back")
{
  AccountRow work = account(3, "work", GrantId{2});
  work.origin = 2;
  work.revision = 7;
  work.last_used_day = 20'000;
  TokenRow dated = token(9, 2);
  dated.expires = kNow + Seconds{60};
  dated.generation = Generation{4};
  REQUIRE(commit(*store, {.changes = {work, dated, attempt(2, -5, 4), grant(2, 4)}}));  // in any order

  const Snapshot rows = reloaded();
  REQUIRE(rows.grants.size() == 1);
  CHECK(rows.clients.at(0).secret.bytes == "sealed secret");
  CHECK(rows.grants[0].status == GrantStatus::kLive);
  CHECK(rows.grants[0].generation == Generation{4});
  CHECK(rows.grants[0].consented == kNow);
  CHECK(rows.grants[0].binding == std::string(32, 'b'));
  CHECK(rows.grants[0].sealed.bytes == "sealed refresh");
  CHECK(rows.grants[0].head == std::string(32, 'h'));
  CHECK(rows.accounts.at(0).name == "work");
  CHECK(rows.accounts[0].grant == GrantId{2});
  CHECK(rows.accounts[0].client == ClientId{1});
  CHECK(rows.accounts[0].origin == 2);
  CHECK(rows.accounts[0].revision == 7);
  CHECK(rows.accounts[0].last_used_day == 20'000);
  CHECK(rows.accounts[0].definition.bytes == "sealed definition");
  CHECK(rows.tokens.at(0).id == 9);
  CHECK(rows.tokens[0].expires == kNow + Seconds{60});
  CHECK(rows.tokens[0].generation == Generation{4});
  const AttemptRow& journal = rows.attempts.at(0);
  CHECK(journal.id == AttemptId{-5});
  CHECK(journal.from == Generation{4});
  CHECK(journal.boot == BootTime(Milliseconds(12'345)));
  CHECK(journal.boot_id == "boot");
  CHECK(journal.parse_tries == 1);
  CHECK(journal.http_status == 200);
  CHECK(journal.sealed.bytes == "sealed reply");
}

TEST_CASE_METHOD(OpenStore, "a unit committed twice is committed once")
{
  const Unit unit{.changes = {grant(2), account(3, "work", GrantId{2}), token(9, 2)}};
  REQUIRE(commit(*store, Unit{unit}));
  REQUIRE(commit(*store, Unit{unit}));
  const Snapshot rows = reloaded();
  CHECK(rows.grants.size() == 1);
  CHECK(rows.accounts.size() == 1);
  CHECK(rows.tokens.size() == 1);
}

TEST_CASE_METHOD(OpenStore, "dropping a grant takes its tokens, head and attempt, and leaves the account")
{
  REQUIRE(commit(*store, {.changes = {grant(2), grant(4), account(3, "work", GrantId{2}), token(9, 2), token(10, 4),
                                      attempt(2, 5)}}));
  REQUIRE(commit(*store, {.changes = {DropGrant{GrantId{2}}}}));
  const Snapshot rows = reloaded();
  CHECK(rows.grants.size() == 1);
  CHECK(rows.tokens.size() == 1);
  CHECK(rows.attempts.empty());
  CHECK(store->damaged_rows().empty());  // no head is left without its grant
  CHECK_FALSE(rows.accounts.at(0).grant.has_value());
}

TEST_CASE_METHOD(OpenStore, "tokens, attempts, accounts and clients drop one by one")
{
  REQUIRE(commit(*store, {.changes = {grant(2), client(8), account(3, "work"), token(9, 2), attempt(2, 5)}}));
  REQUIRE(commit(*store, {.changes = {DropTokens{GrantId{2}}, DropAttempt{GrantId{2}}, DropAccount{AccountId{3}},
                                      DropClient{ClientId{8}}}}));
  const Snapshot rows = reloaded();
  CHECK(rows.grants.size() == 1);
  CHECK(rows.clients.size() == 1);
  CHECK(rows.tokens.empty());
  CHECK(rows.attempts.empty());
  CHECK(rows.accounts.empty());
}

TEST_CASE_METHOD(OpenStore, "the day of an account's use changes nothing else of it")
{
  REQUIRE(commit(*store, {.changes = {grant(2), account(3, "work", GrantId{2})}}));
  REQUIRE(commit(*store, {.changes = {AccountUsed{AccountId{3}, 20'000}, AccountUsed{AccountId{4}, 20'000}}}));
  const AccountRow row = reloaded().accounts.at(0);
  CHECK(row.last_used_day == 20'000);
  CHECK(row.name == "work");
  CHECK(row.grant == GrantId{2});
}

TEST_CASE_METHOD(OpenStore, "one token drops and the others of its grant stay")
{
  REQUIRE(commit(*store, {.changes = {grant(2), token(9, 2), token(10, 2)}}));
  REQUIRE(commit(*store, {.changes = {DropToken{9}}}));
  const Snapshot rows = reloaded();
  REQUIRE(rows.tokens.size() == 1);
  CHECK(rows.tokens.at(0).id == 10);
}

TEST_CASE_METHOD(OpenStore, "a precondition on another generation or attempt drops the unit as stale")
{
  REQUIRE(commit(*store, {.changes = {grant(2, 3), attempt(2, 5, 3)}}));
  const auto outcome = [this](int of, int generation, std::optional<AttemptId> id) {
    return commit(*store,
                  {.changes = {account(1, "x")}, .when = Precondition{GrantId{of}, Generation{generation}, id}});
  };
  CHECK(outcome(2, 2, AttemptId{5}) == Committed(std::unexpected(DiskTrouble::kStale)));
  CHECK(outcome(2, 3, AttemptId{6}) == Committed(std::unexpected(DiskTrouble::kStale)));
  CHECK(outcome(7, 3, std::nullopt) == Committed(std::unexpected(DiskTrouble::kStale)));
  CHECK(reloaded().accounts.empty());
  CHECK(outcome(2, 3, AttemptId{5}).has_value());
  CHECK(outcome(2, 3, std::nullopt).has_value());
}

TEST_CASE_METHOD(OpenStore, "a saved exchange that is committed again is not stale: it is there already")
{
  REQUIRE(commit(*store, {.changes = {grant(2, 3), attempt(2, 5, 3)}}));
  const Unit saved{.changes = {grant(2, 4, "new refresh"), DropAttempt{GrantId{2}}},
                   .when = Precondition{GrantId{2}, Generation{3}, AttemptId{5}}};
  CHECK(commit(*store, Unit{saved}).has_value());
  CHECK(commit(*store, Unit{saved}).has_value());
  CHECK(reloaded().grants.at(0).generation == Generation{4});
}

TEST_CASE_METHOD(OpenStore, "one unit that does not fit spoils none of the others")
{
  REQUIRE(commit(*store, {.changes = {account(1, "taken")}}));
  std::vector<std::future<Committed>> answers;
  answers.push_back(commit_later(*store, {.changes = {account(2, "a")}}));
  answers.push_back(commit_later(*store, {.changes = {account(3, "half"), account(4, "taken")}}));
  answers.push_back(commit_later(*store, {.changes = {token(9, 99)}}));  // of no grant: found at the COMMIT
  answers.push_back(commit_later(*store, {.changes = {account(5, "b")}}));
  CHECK(answers[0].get().has_value());
  CHECK_FALSE(answers[1].get().has_value());
  CHECK_FALSE(answers[2].get().has_value());
  CHECK(answers[3].get().has_value());

  const Snapshot rows = reloaded();
  REQUIRE(rows.accounts.size() == 3);  // "half" went with its unit
  CHECK(rows.accounts[1].name == "a");
  CHECK(rows.accounts[2].name == "b");
}

TEST_CASE_METHOD(OpenStore, "a quarantined record is copied aside before the grant dies, once")
{
  REQUIRE(commit(*store, {.changes = {grant(2, 3)}}));
  GrantRow dead = grant(2, 3, "");
  dead.status = GrantStatus::kDead;
  const Unit unit{.changes = {QuarantineGrant{GrantId{2}, QuarantineCause::kRefused, kNow}, dead}};
  REQUIRE(commit(*store, Unit{unit}));
  REQUIRE(commit(*store, Unit{unit}));
  store.reset();
  Database database(this->database());
  CHECK(database.integer("SELECT count(*) FROM quarantine") == 1);
  CHECK(database.text("SELECT sealed FROM quarantine") == "sealed refresh");
  CHECK(database.integer("SELECT generation FROM quarantine") == 3);
}

TEST_CASE_METHOD(OpenStore, "what was set aside of a row goes when that is dropped, and of no other")
{
  REQUIRE(commit(*store, {.changes = {client(2), grant(2), account(2, "work", GrantId{2})}}));
  store.reset();
  edit(database(),
       "INSERT INTO quarantine (source, row_id, generation, binding, cause, at, sealed)"
       " SELECT source.value, row.value, 1, x'', 1, 1800000000, x'00' FROM"
       " json_each('[1,2,3,4,5]') AS source, json_each('[2,3]') AS row");
  store = open_store(state);
  const auto [dropped, gone] = GENERATE(table<Change, std::string>(
      {{DropGrant{GrantId{2}}, "1,5"}, {DropAccount{AccountId{2}}, "2"}, {DropClient{ClientId{2}}, "3"}}));
  REQUIRE(commit(*store, {.changes = {dropped}}));
  store.reset();
  Database left(database());
  CHECK(left.integer("SELECT count(*) FROM quarantine WHERE row_id = 3") == 5);
  CHECK(left.text("SELECT group_concat(value) FROM json_each('[1,2,3,4,5]') WHERE value NOT IN"
                  " (SELECT source FROM quarantine WHERE row_id = 2)") == gone);
}

TEST_CASE_METHOD(OpenStore, "what was set aside long ago is purged")
{
  REQUIRE(commit(*store, {.changes = {grant(2), grant(3)}}));
  const auto set_aside = [](int id, WallTime at) {
    return QuarantineGrant{GrantId{id}, QuarantineCause::kRefused, at};
  };
  REQUIRE(commit(*store, {.changes = {set_aside(2, kNow), set_aside(3, kNow + Seconds(1))}}));
  REQUIRE(commit(*store, {.changes = {PurgeQuarantine{kNow + Seconds(1)}}}));
  store.reset();
  CHECK(Database(database()).integer("SELECT max(row_id) + count(*) FROM quarantine") == 3 + 1);
}

TEST_CASE_METHOD(OpenStore, "answers come in the order of the commits, and all of them before the store is gone")
{
  std::vector<int> answered;
  for (int i = 0; i < 1000; ++i)
    store->commit({.changes = {account(i, std::to_string(i))}}, [&answered, i](Committed) { answered.push_back(i); });
  store.reset();
  REQUIRE(answered.size() == 1000);
  CHECK(std::ranges::is_sorted(answered));
  CHECK(reloaded().accounts.size() == 1000);
}

TEST_CASE_METHOD(OpenStore, "the log is emptied above 4 MiB and at the end")
{
  const std::filesystem::path log = directory / "tokend.db-wal";
  for (int i = 0; i < 8; ++i)
    REQUIRE(commit(*store, {.changes = {grant(2, i, std::string(std::size_t{1} << 20, static_cast<char>('a' + i)))}}));
  REQUIRE(commit(*store, {.changes = {account(1, "small")}}));
  CHECK(std::filesystem::file_size(log) < (std::size_t{6} << 20));
  store.reset();
  CHECK(std::filesystem::file_size(log) == 0);
}

}  // namespace
}  // namespace tokend::test
