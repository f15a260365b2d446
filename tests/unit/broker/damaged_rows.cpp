// Rows on disk that do not open: the others are served, and nothing that is done afterwards touches them or takes
// their place, until a person signs in again or gives them up.
#include <algorithm>

#include "daemon/broker/account_status.hpp"
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Damaged : Bench {
  Damaged()
  {
    sign_in("ana");
    sign_in("ben", minted("at-2", "rt-2"));
  }
  GrantId grant_of(std::string_view account) { return *disk.account(account)->grant; }
  void break_seal(GrantId id)
  {
    GrantRow& row = disk.grants.at(id);
    row.sealed.bytes[40] ^= 1;
    row.head = vault->head_of(row.id, row.generation, row.sealed);
  }
  void break_definition(std::string_view account)
  {
    const auto id = disk.account(account)->id;
    disk.accounts.at(id).definition.bytes.assign(64, '\0');
  }
};

TEST_CASE_METHOD(Damaged, "a row that does not open leaves the others served, and is not lost")
{
  const GrantId damaged = grant_of("ana");
  SECTION("its seal is broken")
  {
    break_seal(damaged);
    restart();
    CHECK(problems == std::vector<std::string>{"grant 1 does not open"});
    CHECK(ask("ana").cause() == "stored_login_damaged");
  }
  SECTION("it is an older one")
  {
    disk.grants.at(damaged).head[0] ^= 1;
    restart();
    CHECK(problems == std::vector<std::string>{"grant 1 was changed behind tokend's back"});
    CHECK(ask("ana").cause() == "stored_login_damaged");
  }
  SECTION("its account does not open")
  {
    disk.accounts.at(disk.account("ana")->id).revision = 7;
    restart();
    CHECK(problems == std::vector<std::string>{"account ana does not open: it is left as it is"});
    CHECK(ask("ana").error->code == ErrorCode::kNoSuchAccount);
  }
  CHECK(ask("ben").token() == "at-2");
  CHECK(disk.grants.contains(damaged));
  CHECK(disk.account("ana")->grant == damaged);
}

TEST_CASE_METHOD(Damaged, "a login that does not open is nobody else's after the next one is made")
{
  const GrantId damaged = grant_of("ben");
  disk.grants.at(damaged).head.assign(32, '\0');
  restart();
  sign_in("eve", minted("at-3", "rt-3"));
  CHECK(grant_of("eve") != damaged);
  restart();
  CHECK(ask("ben").cause() == "stored_login_damaged");
  CHECK(ask("eve").token() == "at-3");
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(Damaged, "an account that does not open is not overwritten by the next one that is added")
{
  const AccountId damaged = disk.account("ben")->id;
  break_definition("ben");
  restart();
  REQUIRE_FALSE(add("eve").error);
  REQUIRE(disk.account("ben"));
  CHECK(disk.account("ben")->id == damaged);
  CHECK(disk.account("eve")->id != damaged);
}

struct LostAccountBench : Damaged {
  LostAccountBench()
  {
    break_definition("ben");
    restart();
  }
};

TEST_CASE_METHOD(LostAccountBench, "the name of an account that does not open is taken, and the error says by what")
{
  const Caller& person = add("ben");
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kAccountExists);
  CHECK(person.error->reason.starts_with("the stored account ben is damaged"));
  CHECK(person.error->next == "tokenctl remove ben");
  CHECK(ask("ben").error->reason == person.error->reason);
}

TEST_CASE_METHOD(LostAccountBench, "an account that does not open can be removed, and its name is free again")
{
  const AccountRow left = *disk.account("ben");
  const Caller& person = remove("ben");
  CHECK_FALSE(person.error);
  CHECK_FALSE(disk.account("ben"));
  CHECK_FALSE(disk.grants.contains(*left.grant));
  CHECK_FALSE(disk.clients.contains(*left.client));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("token=rt-2"));
  answer(reply(200, ""));
  sign_in("ben", minted("at-4", "rt-4"));
  CHECK(ask("ben").token() == "at-4");
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(LostAccountBench, "what a damaged row names and another account has stays with that")
{
  const AccountRow anas = *disk.account("ana");
  AccountRow& row = disk.accounts.at(disk.account("ben")->id);
  row.grant = anas.grant;
  row.client = anas.client;
  restart();
  remove("ben");
  CHECK(provider.out() == 0);
  CHECK(disk.clients.contains(*anas.client));
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
}

TEST_CASE_METHOD(LostAccountBench, "a local removal of an account that does not open asks nobody")
{
  remove("ben", true);
  CHECK(provider.out() == 0);
  CHECK_FALSE(disk.account("ben"));
}

TEST_CASE_METHOD(LostAccountBench, "an account that does not open stays if the disk refuses its removal")
{
  disk.fill(DiskTrouble::kFull);
  CHECK(remove("ben").cause() == "disk_full");
  CHECK(disk.account("ben"));
  CHECK(add("ben").error->code == ErrorCode::kAccountExists);
}

struct DamagedLogin : Damaged {
  DamagedLogin() : damaged(grant_of("ana"))
  {
    disk.grants.at(damaged).head[0] ^= 1;
    restart();
  }
  GrantId damaged;
};

TEST_CASE_METHOD(DamagedLogin, "an account whose login does not open needs a login, and says why")
{
  const wire::AccountStatus shown = status("ana");
  CHECK(shown.state == wire::State::kNeedsLogin);
  CHECK(shown.cause == "stored_login_damaged");
  CHECK(shown.reason == "ana needs a login (its stored login is damaged and cannot be opened; it is kept until then)");
  CHECK(shown.next == "tokenctl login ana");
  CHECK(shown.since == unix_seconds(loop.wall()));
  CHECK(daemon_status().need_login == 1);
  CHECK(refresh("ana").cause() == "stored_login_damaged");
  CHECK(ask("ana").error->code == ErrorCode::kLoginRequired);
}

TEST_CASE_METHOD(DamagedLogin, "a new login takes the place of one that does not open")
{
  sign_in("ana", minted("at-5", "rt-5"));
  CHECK(ask("ana").token() == "at-5");
  CHECK_FALSE(disk.grants.contains(damaged));
  restart();
  CHECK(problems.empty());
  CHECK(ask("ana").token() == "at-5");
}

TEST_CASE_METHOD(DamagedLogin,
                 "a login that does not open stays until the new one is durable, and goes with its logout")
{
  begin_exchange("ana");
  disk.fill(DiskTrouble::kFull);
  answer(minted("at-5", "rt-5"));
  CHECK(disk.grants.contains(damaged));
  disk.fill(std::nullopt);
  SECTION("the disk is well again")
  {
    pass(Seconds(60));
    CHECK(durable_refresh_token("ana") == "rt-5");
  }
  SECTION("the person signs out before that") { logout("ana", true); }
  CHECK_FALSE(disk.grants.contains(damaged));
}

TEST_CASE_METHOD(DamagedLogin, "a logout forgets a login that does not open")
{
  CHECK_FALSE(logout("ana").error);
  CHECK_FALSE(disk.grants.contains(damaged));
  CHECK(ask("ana").cause() == "signed_out");
  restart();
  CHECK(problems.empty());
  CHECK(ask("ana").cause() == "signed_out");
}

TEST_CASE_METHOD(DamagedLogin, "a removal takes a login that does not open with it")
{
  CHECK_FALSE(remove("ana").error);
  CHECK_FALSE(disk.account("ana"));
  CHECK_FALSE(disk.grants.contains(damaged));
}

TEST_CASE_METHOD(DamagedLogin,
                 "a changed definition keeps a login that does not open, unless the login was for other places")
{
  wire::Definition what;
  const bool elsewhere = GENERATE(false, true);
  if (elsewhere) what.client_id = "other";
  else what.scopes = std::vector<std::string>{"mail"};
  REQUIRE_FALSE(set("ana", std::move(what)).error);
  CHECK(disk.grants.contains(damaged) == !elsewhere);
  CHECK(ask("ana").cause() == (elsewhere ? "consent_required" : "stored_login_damaged"));
  restart();
  CHECK(ask("ana").cause() == (elsewhere ? "consent_required" : "stored_login_damaged"));
}

struct DamagedJournal : Bench {
  DamagedJournal()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
    expire();
    disk.hold();
    ask("ana");
    commit();  // the intent
  }
  void restart_damaged()
  {
    disk.attempts.begin()->second.sealed.bytes[40] ^= 1;
    disk.hold();
    restart();
    disk.let_go();
    run();
  }
};

TEST_CASE_METHOD(DamagedJournal, "an answer that does not open has superseded the refresh token all the same")
{
  answer(minted("at-2", "rt-2"));
  commit();
  REQUIRE(disk.attempts.begin()->second.http_status);
  restart_damaged();
  CHECK(problems == std::vector<std::string>{"the journal of grant 1 does not open"});
  CHECK(ask("ana").cause() == "refresh_in_doubt");
  pass(Seconds(3600));
  refresh("ana");
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(DamagedJournal, "an intent that does not open leaves its refresh token in doubt")
{
  REQUIRE(provider.out() == 1);
  restart_damaged();
  CHECK(ask("ana").cause() == "refresh_in_doubt");
  CHECK(provider.out() == 0);
  pass(Seconds(1));
  CHECK(provider.out() == 1);
  CHECK(disk.attempts.begin()->second.sends == 2);
}

TEST_CASE("what was set aside is purged once a day")
{
  Bench bench;
  const auto purges = [&] { return std::ranges::count(bench.disk.log, "purge"); };
  bench.pass(std::chrono::hours(23));
  CHECK(purges() == 0);
  for (int day = 1; day <= 3; ++day) {
    bench.pass(std::chrono::hours(24));
    CHECK(purges() == day);
  }
}

}  // namespace
}  // namespace tokend::test
