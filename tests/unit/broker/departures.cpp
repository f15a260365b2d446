// Logout and RemoveAccount: first the provider, then the disk, then memory; or nothing.
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

TEST_CASE_METHOD(SignedIn, "a logout revokes the refresh token, then forgets it on disk, then says so")
{
  disk.hold();
  const Caller& person = logout("ana");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/revoke");
  CHECK(provider.last().has("token=rt-1"));
  CHECK(provider.last().has("token_type_hint=refresh_token"));
  CHECK(disk.waiting().empty());
  answer(reply(200, ""));
  CHECK(disk.waiting() == std::vector<std::string>{"account no-grant"});
  CHECK_FALSE(person.answered());
  commit();
  CHECK(person.read<wire::LogoutReply>().revoked);
  CHECK(ask("ana").cause() == "signed_out");
  disk.let_go();
  restart();
  CHECK(ask("ana").cause() == "signed_out");
  CHECK(disk.grants.empty());
}

TEST_CASE_METHOD(SignedIn, "nothing is forgotten while the provider cannot be reached")
{
  const bool silent = GENERATE(false, true);
  const bool removing = GENERATE(false, true);
  const Caller& person = removing ? remove("ana") : logout("ana");
  answer(silent ? lost() : come_later(503, "60"));
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(person.error->reason.ends_with("; nothing was forgotten"));
  CHECK(person.error->next == (removing ? "tokenctl remove ana --local" : "tokenctl logout ana --local"));
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
}

TEST_CASE_METHOD(SignedIn, "a local logout asks nobody")
{
  const Caller& person = logout("ana", true);
  CHECK(provider.out() == 0);
  CHECK_FALSE(person.read<wire::LogoutReply>().revoked);
  CHECK(ask("ana").cause() == "signed_out");
  CHECK(disk.grants.empty());
}

TEST_CASE_METHOD(SignedIn, "a logout awaits a request that is out, and revokes the token that it brings")
{
  refresh("ana");
  REQUIRE(provider.out() == 1);
  const Caller& person = logout("ana");
  REQUIRE(provider.out() == 1);
  answer(minted("at-2", "rt-2"));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/revoke");
  CHECK(provider.last().has("token=rt-2"));
  answer(reply(200, ""));
  CHECK(person.read<wire::LogoutReply>().revoked);
  CHECK(ask("ana").cause() == "signed_out");
}

TEST_CASE_METHOD(SignedIn, "a local logout awaits a request that is out too, and asks nobody about what it brings")
{
  refresh("ana");
  const Caller& person = logout("ana", true);
  CHECK_FALSE(person.answered());
  answer(minted("at-2", "rt-2"));
  CHECK(provider.out() == 0);
  CHECK_FALSE(person.read<wire::LogoutReply>().revoked);
  CHECK(disk.grants.empty());
}

TEST_CASE_METHOD(SignedIn, "the late answer of a login that a local logout has ended is revoked")
{
  begin_exchange("ana");
  CHECK_FALSE(logout("ana", true).read<wire::LogoutReply>().revoked);
  answer(minted("at-2", "rt-2"));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/revoke");
  CHECK(provider.last().has("token=rt-2"));
  answer(reply(200, ""));
  CHECK(disk.grants.empty());
  CHECK(ask("ana").cause() == "signed_out");
}

TEST_CASE_METHOD(SignedIn, "a token that a refresh brings after it was revoked is revoked too")
{
  const Caller& person = logout("ana");
  refresh("ana");
  REQUIRE(provider.out() == 2);
  answer(reply(200, ""));
  CHECK(person.read<wire::LogoutReply>().revoked);
  answer(minted("at-2", "rt-2"));
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("token=rt-2"));
  answer(reply(200, ""));
  CHECK(disk.grants.empty());
}

TEST_CASE_METHOD(SignedIn, "whoever waits for a token of an account that signs out is told")
{
  expire();
  const Caller& waits = ask("ana", {.timeout = 60});
  answer(come_later(503, "300"));
  CHECK_FALSE(waits.answered());
  logout("ana", true);
  CHECK(waits.cause() == "signed_out");
}

TEST_CASE_METHOD(SignedIn, "a provider that does not revoke such tokens does not stop a logout")
{
  const Caller& person = logout("ana");
  answer(refused("unsupported_token_type"));
  CHECK_FALSE(person.read<wire::LogoutReply>().revoked);
  CHECK(ask("ana").cause() == "signed_out");
}

TEST_CASE_METHOD(SignedIn, "a logout that the disk refuses leaves the account signed in")
{
  disk.fill(DiskTrouble::kFull);
  const Caller& person = logout("ana", true);
  CHECK(person.cause() == "disk_full");
  CHECK(ask("ana").token() == "at-1");
  disk.fill(std::nullopt);
  restart();
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "a login that finishes while the old one is being revoked is not forgotten")
{
  const Caller& person = logout("ana");
  begin_exchange_beside("ana");
  provider.answer_newest(minted("at-2", "rt-2"));
  run();
  answer(reply(200, ""));
  CHECK(person.error->reason == "ana: somebody signed in again meanwhile; nothing was forgotten");
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(SignedIn, "a removal while another login is being saved takes that one too, and leaves no half of it")
{
  begin_exchange("ana");
  disk.hold();
  answer(minted("at-2", "rt-2"));
  commit();
  const Caller& person = remove("ana");
  disk.let_go();
  run();
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("token=rt-2"));
  answer(reply(200, ""));
  CHECK_FALSE(person.error);
  CHECK(disk.accounts.empty());
  CHECK(disk.grants.empty());
  CHECK(ask("ana").error->code == ErrorCode::kNoSuchAccount);
  CHECK_FALSE(add("ana").error);
}

TEST_CASE_METHOD(SignedIn, "a removal that the disk refuses leaves the account for everybody")
{
  disk.fill(DiskTrouble::kFull);
  CHECK(remove("ana", true).cause() == "disk_full");
  disk.fill({});
  CHECK(ask("ana").token() == "at-1");
  CHECK_FALSE(remove("ana", true).error);
  CHECK(disk.accounts.empty());
}

TEST_CASE("a logout while a first login is being saved signs that login out")
{
  Bench bench;
  bench.add("ana");
  bench.begin_exchange("ana");
  bench.disk.hold();
  bench.answer(minted("at-1", "rt-1"));
  bench.commit();
  const Caller& person = bench.logout("ana");
  bench.disk.let_go();
  bench.run();
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().has("token=rt-1"));
  bench.answer(reply(200, ""));
  CHECK(person.read<wire::LogoutReply>().revoked);
  CHECK(bench.ask("ana").cause() == "signed_out");
  CHECK(bench.disk.grants.empty());
}

TEST_CASE_METHOD(SignedIn, "a login that waits for its browser ends with a logout")
{
  const Caller& starter = login("ana");
  logout("ana", true);
  CHECK(starter.error->reason == "ana: it was signed out");
}

TEST_CASE_METHOD(SignedIn, "a removed account leaves nothing behind, and its name is free")
{
  disk.hold();
  const Caller& person = remove("ana");
  answer(reply(200, ""));
  CHECK_FALSE(person.answered());
  CHECK(disk.waiting().back() == "no-account no-grant no-client");
  disk.let_go();
  run();
  CHECK(person.read<wire::RemoveAccountReply>().revoked);
  CHECK(disk.accounts.empty());
  CHECK(disk.grants.empty());
  CHECK(disk.clients.empty());
  CHECK(disk.tokens.empty());
  CHECK(ask("ana").error->code == ErrorCode::kNoSuchAccount);
  CHECK_FALSE(add("ana").error);
}

TEST_CASE_METHOD(SignedIn,
                 "a login that finishes while a logout awaits the old one's request is neither revoked nor forgotten")
{
  refresh("ana");
  const Caller& person = logout("ana");
  begin_exchange_beside("ana");
  provider.answer_newest(minted("at-2", "rt-2"));
  run();
  answer(minted("at-old", "rt-old"));
  CHECK(provider.out() == 0);
  CHECK(person.error->reason == "ana: somebody signed in again meanwhile; nothing was forgotten");
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(SignedIn, "an account that is signed out while its removal is on the way is removed")
{
  const Caller& first = logout("ana");
  const Caller& second = remove("ana");
  REQUIRE(provider.out() == 2);
  answer(reply(200, ""));
  CHECK(first.read<wire::LogoutReply>().revoked);
  CHECK(login("ana").error->code == ErrorCode::kNoSuchAccount);
  answer(reply(200, ""));
  CHECK(second.read<wire::RemoveAccountReply>().revoked);
  CHECK(disk.accounts.empty());
}

TEST_CASE("whoever signs out what is being signed out already waits for that one revocation")
{
  Bench bench;
  bench.sign_in("ana");
  const bool during_a_refresh = GENERATE(false, true);
  if (during_a_refresh) bench.refresh("ana");
  const Caller& first = bench.logout("ana");
  const Caller& second = bench.logout("ana");
  if (during_a_refresh) bench.answer(minted("at-2", "rt-2"));
  CHECK(bench.provider.out() == 1);
  CHECK_FALSE(second.answered());
  bench.answer(reply(200, ""));
  CHECK(first.read<wire::LogoutReply>().revoked);
  CHECK(second.read<wire::LogoutReply>().revoked);
  CHECK(bench.state("ana") == "signed_out");
}

TEST_CASE("a person who insists on forgetting here waits for no revocation")
{
  Bench bench;
  bench.sign_in("ana");
  const Caller& waits = bench.logout("ana");
  CHECK(bench.logout("ana", true).answered());
  CHECK(bench.state("ana") == "signed_out");
  CHECK_FALSE(waits.answered());
  bench.answer(reply(200, ""));
  CHECK(waits.answered());
}

}  // namespace
}  // namespace tokend::test
