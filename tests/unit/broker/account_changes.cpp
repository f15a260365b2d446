// AddAccount and UpdateAccount: what is answered, what becomes of the login, and a disk that refuses.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

using Names = std::vector<std::string>;

wire::Definition scopes(Names names)
{
  wire::Definition what;
  what.scopes = std::move(names);
  return what;
}

wire::Definition token_endpoint(std::string url)
{
  wire::Definition what;
  what.token_endpoint = std::move(url);
  what.client_secret = Secret("client-secret");  // entered anew for the new place
  return what;
}

wire::Definition revocation_endpoint(std::string url)
{
  wire::Definition what;
  what.revocation_endpoint = std::move(url);
  return what;
}

struct SignedIn : Bench {
  SignedIn() { sign_in("ana"); }
  wire::UpdateAccountReply changed(wire::Definition what, bool dry_run = false)
  {
    return set("ana", std::move(what), dry_run).read<wire::UpdateAccountReply>();
  }
};

TEST_CASE("an account is there when it is on disk, and its redirect URI is told")
{
  Bench bench;
  bench.disk.hold();
  const Caller& person = bench.add("ana");
  CHECK(bench.disk.waiting() == Names{"client account"});
  CHECK_FALSE(person.answered());
  bench.commit();
  CHECK(person.read<wire::AddAccountReply>().redirect_uri.starts_with("http://127.0.0.1:28765/callback/oauth2-"));
  CHECK(bench.state("ana") == "signed_out");
  CHECK(bench.status("ana").cause == "never_signed_in");
}

TEST_CASE("an account that the disk refuses is not there, and whoever waits for it is told")
{
  Bench bench;
  bench.disk.hold();
  const Caller& person = bench.add("ana");
  const Caller& waits = bench.ask("ana", {.login = true});
  bench.refuse();
  CHECK(person.cause() == "disk_full");
  bench.refuse();
  REQUIRE(waits.error);
  CHECK(waits.error->code == ErrorCode::kNoSuchAccount);
  bench.disk.let_go();
  CHECK_FALSE(bench.add("ana").error);
}

TEST_CASE("a name is given once, even while its account is on its way to the disk")
{
  Bench bench;
  bench.disk.hold();
  bench.add("ana");
  CHECK(bench.add("ana").error->code == ErrorCode::kAccountExists);
  bench.commit();
  CHECK(bench.add("ana").error->code == ErrorCode::kAccountExists);
  CHECK(bench.disk.accounts.size() == 1);
}

TEST_CASE("a bad name and a bad definition are refused before anything is written")
{
  Bench bench;
  CHECK(bench.add("no/slash").error->subject == "account");
  CHECK(bench.add("ana", token_endpoint("ftp://as.example")).error->code == ErrorCode::kInvalidDefinition);
  CHECK(bench.disk.log.empty());
}

TEST_CASE("a dry run of adding tells the redirect URI before there is a client, and keeps nothing")
{
  Bench bench;
  wire::Definition no_client = definition();
  no_client.client_id.reset();
  no_client.client_secret.reset();
  const auto told = bench.add("ana", std::move(no_client), true).read<wire::AddAccountReply>();
  CHECK(bench.disk.log.empty());
  CHECK(bench.add("ana").read<wire::AddAccountReply>().redirect_uri == told.redirect_uri);
}

TEST_CASE("a dry run of adding refuses what adding would refuse")
{
  Bench bench;
  CHECK(bench.add("no/slash", definition(), true).error->subject == "account");
  CHECK(bench.add("ana", token_endpoint("ftp://as.example"), true).error->subject == "tokenEndpoint");
  bench.add("ana");
  CHECK(bench.add("ana", definition(), true).error->code == ErrorCode::kAccountExists);
}

TEST_CASE_METHOD(SignedIn, "a change is told by the names of its fields, and keeps the login where the client stays")
{
  const auto reply = changed(revocation_endpoint("https://as.example/gone"));
  CHECK(reply.changed == Names{"revocationEndpoint"});
  CHECK_FALSE(reply.needs_login);
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
  CHECK(changed(revocation_endpoint("https://as.example/gone")).changed.empty());
}

TEST_CASE_METHOD(SignedIn, "a change that keeps the login holds for it at once, and after a restart")
{
  changed(revocation_endpoint("https://as.example/gone"));
  const bool restarted = GENERATE(false, true);
  if (restarted) restart();
  logout("ana");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/gone");
}

TEST_CASE_METHOD(SignedIn, "other scopes keep the login, and say that a new one is needed")
{
  const auto reply = changed(scopes({"mail"}));
  CHECK(reply.changed == Names{"scopes"});
  CHECK(reply.needs_login);
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "whoever waits for the login that a change loses is told at once, and a wish waits on")
{
  const Caller& person = refresh("ana");
  const Caller& program = ask("ana", {.min_ttl = 1'000'000, .login = true});
  REQUIRE(provider.out() == 1);
  CHECK(changed(token_endpoint("https://elsewhere.example/token")).needs_login);
  CHECK(person.cause() == "consent_required");
  CHECK_FALSE(program.error);
}

TEST_CASE_METHOD(SignedIn, "another token endpoint loses the login, which never goes there")
{
  CHECK(changed(token_endpoint("https://evil.example/token")).needs_login);
  CHECK(ask("ana").cause() == "consent_required");
  CHECK(disk.grants.empty());
  CHECK(disk.clients.size() == 1);
  begin_exchange("ana");
  CHECK(provider.last().url == "https://evil.example/token");
  answer(minted("at-2", "rt-2"));
  restart();
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(SignedIn, "a client secret is not sent to a place that it was not entered for")
{
  wire::Definition elsewhere;
  SECTION("the token endpoint") { elsewhere.token_endpoint = "https://evil.example/token"; }
  SECTION("the revocation endpoint") { elsewhere.revocation_endpoint = "https://evil.example/revoke"; }
  const Caller& person = set("ana", std::move(elsewhere));
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kInvalidDefinition);
  CHECK(person.error->subject == "clientSecret");
  CHECK(person.error->reason.contains("https://evil.example"));
  CHECK(person.error->reason.contains("--client-secret-file"));
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "a login's refresh token goes to no endpoint that its definition did not have")
{
  wire::Definition elsewhere = revocation_endpoint("https://elsewhere.example/revoke");
  elsewhere.client_secret = Secret("client-secret");
  CHECK(changed(std::move(elsewhere)).needs_login);
  CHECK(ask("ana").token() == "at-1");
  const bool restarted = GENERATE(false, true);
  if (restarted) restart();
  logout("ana");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/revoke");
}

TEST_CASE("a way to authenticate that needs a secret is refused without one")
{
  Bench bench;
  wire::Definition what = definition();
  what.client_secret.reset();
  SECTION("basic") { what.client_auth = "basic"; }
  SECTION("post") { what.client_auth = "post"; }
  SECTION("an account that logs in as itself") { what.flow = Flow::kClientCredentials; }
  const Caller& person = bench.add("ana", std::move(what));
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kInvalidDefinition);
  CHECK(person.error->subject == "clientSecret");
}

TEST_CASE_METHOD(SignedIn, "the secret of a client that authenticates with it cannot be forgotten")
{
  wire::Definition what;
  what.client_auth = "basic";
  what.client_secret = Secret();
  CHECK(set("ana", std::move(what)).error->subject == "clientSecret");
}

TEST_CASE_METHOD(SignedIn, "a dry run changes nothing and says what it would")
{
  const auto writes = disk.log.size();
  const auto reply = changed(token_endpoint("https://as2.example/token"), true);
  CHECK(reply.changed == Names{"tokenEndpoint", "clientSecret"});
  CHECK(reply.needs_login);
  CHECK(disk.log.size() == writes);
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "a change that the disk refuses has changed nothing")
{
  const std::string url = GENERATE("https://as.example/token", "https://as2.example/token");
  wire::Definition what = token_endpoint(url);
  what.scopes = Names{"mail"};
  disk.hold();
  const Caller& person = set("ana", std::move(what));
  REQUIRE(disk.waiting().size() == 1);
  CHECK_FALSE(person.answered());
  refuse();
  disk.let_go();
  CHECK(person.cause() == "disk_full");
  CHECK(status("ana").scopes.empty());
  CHECK(ask("ana").token() == "at-1");
  restart();
  CHECK(status("ana").scopes.empty());
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "one change after the other: a second one is refused while the first is being saved")
{
  disk.hold();
  set("ana", scopes({"mail"}));
  CHECK(set("ana", scopes({"files"})).error->reason == "ana: another change is being saved");
  disk.let_go();
  run();
  CHECK(changed(scopes({"files"})).changed == Names{"scopes"});
}

TEST_CASE_METHOD(SignedIn, "the use of an account does not undo its change on the way to the disk")
{
  disk.hold();
  set("ana", scopes({"mail"}));
  ask("ana");
  disk.let_go();
  run();
  restart();
  CHECK(changed(scopes({"mail"})).changed.empty());
}

TEST_CASE_METHOD(SignedIn, "a change ends a login that is waiting for its browser")
{
  const Caller& person = login("ana");
  changed(scopes({"mail"}));
  CHECK(person.error->reason == "ana: its definition was changed");
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(SignedIn, "a change ends a back-off")
{
  expire();
  ask("ana");
  answer(refused("invalid_client"));
  CHECK(ask("ana").cause() == "bad_client");
  wire::Definition what;
  what.client_secret = Secret("the-right-one");
  changed(std::move(what));
  REQUIRE(provider.out() == 1);
  answer(minted("at-2", "rt-2"));
  CHECK(ask("ana").token() == "at-2");
}

}  // namespace
}  // namespace tokend::test
