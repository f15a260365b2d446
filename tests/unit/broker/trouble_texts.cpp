// What people read while an account cannot give a token: how long, and the step that helps.
#include <fmt/chrono.h>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

std::string clock_time(WallTime at)
{
  return fmt::format("{:%H:%M:%S}", fmt::localtime(std::chrono::system_clock::to_time_t(at)));
}

struct SignedIn : Bench {
  SignedIn() { sign_in("ana"); }
};

TEST_CASE_METHOD(SignedIn, "a login in doubt that is held for an hour says so in minutes, and how to try now")
{
  const Caller& person = refresh("ana");
  answer(lost());
  REQUIRE(person.error);
  CHECK(person.error->reason.ends_with(", next try in 59 min; the login is safe"));
  CHECK(person.error->next == "tokenctl refresh ana");
  CHECK(person.error->retry_after == 3540);
  CHECK(status("ana").next == "tokenctl refresh ana");
}

TEST_CASE_METHOD(SignedIn, "who must wait longer than a minute is told until when")
{
  expire();
  const Caller& person = ask("ana");
  answer(come_later(429, "90"));
  REQUIRE(person.error);
  CHECK(person.error->reason == "ana: as.example asks to wait 90 s (429), next try in 90 s; the login is safe");
  CHECK(person.error->next == "try again after " + clock_time(loop.wall() + Seconds(90)));
  pass(Seconds(40));
  CHECK(ask("ana").error->next == "tokenctl token ana --timeout 60");
}

TEST_CASE("a login that ends at a certificate that nobody trusts says which setting helps, wherever it ends")
{
  const HttpFailure untrusted{HttpTrouble::kTls, Sent::kNo, "unknown authority"};
  Bench bench;
  bench.add("ana", definition_with_issuer());
  const Caller& starter = bench.login("ana");
  const bool at_discovery = GENERATE(true, false);
  if (!at_discovery) {
    bench.answer(metadata());
    bench.come_back(starter);
  }
  bench.answer(std::unexpected(untrusted));
  CHECK(starter.cause() == "tls");
  CHECK(starter.error->next == "add ca_file to tokend.toml");
}

struct Refusal {
  const char* error;
  const char* words;
  const char* next_of_login;
  const char* next_of_refresh;
};

constexpr Refusal kRefusals[] = {
    {"invalid_client", "", "tokenctl set ana --client-secret-file -", "tokenctl set ana --client-secret-file -"},
    {"unauthorized_client", "; this app may not use this grant: look at the app's settings at the provider",
     "tokenctl login ana", "tokenctl refresh ana"},
    {"unsupported_grant_type", "; this token endpoint does not do this flow: check --token-endpoint and --flow",
     "tokenctl set ana --token-endpoint ...", "tokenctl set ana --token-endpoint ..."},
    {"invalid_request", "; the server calls the request malformed: compare --client-auth and the endpoints",
     "tokenctl set ana --client-auth ...", "tokenctl set ana --client-auth ..."},
};

TEST_CASE("only invalid_client is about key or secret: what else a token endpoint has against the app is told as it is")
{
  const Refusal refusal = GENERATE(from_range(std::begin(kRefusals), std::end(kRefusals)));
  const std::string answered = std::string("as.example answered 400 (") + refusal.error + ")" + refusal.words;
  Bench bench;
  SECTION("at the end of a login")
  {
    bench.add("ana");
    const Caller& starter = bench.login("ana");
    bench.come_back(starter);
    bench.answer(refused(refusal.error));
    CHECK(starter.cause() == "bad_client");
    CHECK(starter.error->reason == "ana: the login did not finish: " + answered);
    CHECK(starter.error->next == refusal.next_of_login);
  }
  SECTION("at a refresh")
  {
    bench.sign_in("ana");
    const Caller& person = bench.refresh("ana");
    bench.answer(refused(refusal.error));
    CHECK(person.cause() == "bad_client");
    CHECK(person.error->reason == "ana: " + answered);
    CHECK(person.error->next == refusal.next_of_refresh);
  }
}

TEST_CASE_METHOD(SignedIn, "a caller whose own scopes are refused is told which, and the account is not blamed")
{
  wire::GetTokenCall call;
  call.scopes.push_back("nope");
  const Caller& caller = ask("ana", call);
  answer(refused("invalid_scope"));
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kProviderRefused);
  CHECK(caller.cause() == "bad_scope");
  CHECK(caller.error->reason ==
        "ana: as.example answered 400 (invalid_scope) when asked for scope 'nope'; ask for fewer: the account's own "
        "are what the provider gives unasked");
  CHECK(caller.error->next == "tokenctl token ana");
}

TEST_CASE_METHOD(SignedIn, "an account whose own scopes are refused is told to change them")
{
  const Caller& person = refresh("ana");
  answer(refused("invalid_scope"));
  CHECK(person.error->reason == "ana: as.example answered 400 (invalid_scope)");
  CHECK(person.error->next == "tokenctl set ana --scope ...");
}

TEST_CASE("a login whose consent the disk does not take says what helps")
{
  Bench bench;
  bench.add("ana");
  const Caller& starter = bench.login("ana");
  bench.disk.hold();
  bench.come_back(starter);
  bench.refuse();
  CHECK(starter.cause() == "disk_full");
  CHECK(starter.error->next == "free some space");
}

TEST_CASE("a login that an unreadable answer ends says what was wrong with it")
{
  const auto [body, sentence] = GENERATE(table<std::string, std::string>({
      {"%", "ana: the login did not finish: the answer is neither JSON nor a form"},
      {R"({"access_token":"a","access_token":"b"})", "ana: the login did not finish: the answer repeats access_token"},
      {R"({"access_token":"a","token_type":"mac"})",
       "ana: the login did not finish: the answer has a token of type 'mac', which is not Bearer"},
  }));
  Bench bench;
  bench.add("ana");
  const Caller& starter = bench.login("ana");
  bench.come_back(starter);
  bench.answer(reply(200, body));
  REQUIRE(starter.error);
  CHECK(starter.error->reason == sentence);
}

TEST_CASE_METHOD(SignedIn, "a refresh that an unreadable answer ends says what was wrong with it")
{
  const Caller& person = refresh("ana");
  answer(reply(200, "%"));
  REQUIRE(person.error);
  CHECK(person.error->reason ==
        "ana: the answer is neither JSON nor a form; it is kept, and 'tokenctl refresh ana' reads it again");
}

TEST_CASE("a login that brought no refresh token is told so while its token is good, and serves it")
{
  Bench bench;
  bench.sign_in("ana", minted("at-1"));
  const Caller& caller = bench.refresh("ana");
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kLoginRequired);
  CHECK(caller.error->cause == "no_refresh_token");
  CHECK(caller.error->reason.contains("its login brought no refresh token"));
  CHECK(caller.error->reason.contains("offline_access"));
  CHECK(bench.ask("ana").token() == "at-1");
  const auto status = bench.status("ana");
  CHECK(status.state == wire::State::kFresh);
  CHECK(status.cause == "no_refresh_token");
  CHECK(status.reason == caller.error->reason);
  bench.expire();
  CHECK(bench.ask("ana").cause() == "refresh_token_expired");
}

TEST_CASE("the end of a login tells whether it lasts")
{
  Bench bench;
  const bool lasts = GENERATE(true, false);
  bench.add("ana");
  const Caller& person = bench.login("ana");
  bench.come_back(person);
  bench.answer(lasts ? minted("at-1", "rt-1") : minted("at-1"));
  CHECK(person.read<wire::LoginReply>().hint.contains("no refresh token") == !lasts);
}

TEST_CASE("a login that needs no refresh token, because its token does not expire, is well")
{
  Bench bench;
  bench.sign_in("ana", reply(200, R"({"access_token":"at-1","token_type":"Bearer"})"));
  CHECK(bench.status("ana").cause.empty());
}

}  // namespace
}  // namespace tokend::test
