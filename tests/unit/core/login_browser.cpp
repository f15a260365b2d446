// The browser leg: what counts as the answer, what changes nothing, what the person gets to read.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

TEST_CASE("a login opens the port, then gives the starter the URL with PKCE and state")
{
  Bench bench(explicit_plan());
  bench.on(Started{});
  REQUIRE(bench.find<OpenRedirect>()->address.host == "127.0.0.1");
  CHECK(bench.find<OpenRedirect>()->address.port == kPort);
  CHECK(bench.count<Tell>() == 0);

  bench.on(RedirectOpened{kPort});
  const auto& told = bench.find<Tell>()->progress;
  CHECK(told.stage == Progress::Stage::kOpenBrowser);
  CHECK(told.redirect_uri == "http://127.0.0.1:28765/callback/acme");
  CHECK(told.url.starts_with("https://login.acme.example/authorize?response_type=code&client_id=Zk8abc&"));
  CHECK(told.deadline == bench.now.wall + kDefaultTimeout);
  CHECK(told.paste_allowed);
  CHECK(bench.parameter("state") == Bench::state());
  CHECK(bench.parameter("state").size() == 43);  // 256 bit
  CHECK(bench.parameter("code_challenge").size() == 43);
  CHECK(bench.parameter("code_challenge_method") == "S256");
  CHECK(bench.parameter("redirect_uri") == told.redirect_uri);
  CHECK(bench.parameter("scope") == "builds:read");
  CHECK(bench.parameter("nonce").empty());
}

TEST_CASE("the answer is exchanged once, with the verifier and the redirect URI of the request")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  const auto challenge = bench.parameter("code_challenge");
  bench.browse(Bench::answer("code=c0de"));
  const auto* exchange = bench.find<Exchange>();
  REQUIRE(exchange);
  CHECK(exchange->kind == AttemptKind::kCode);
  CHECK(exchange->code.reveal() == "c0de");
  CHECK(s256_challenge(exchange->verifier->reveal()) == challenge);
  CHECK(exchange->redirect_uri == "http://127.0.0.1:28765/callback/acme");
  CHECK_FALSE(exchange->nonce);

  bench.browse(Bench::answer("code=c0de"));
  bench.browse(Bench::answer("code=another"));
  CHECK(bench.count<Exchange>() == 1);
  CHECK(is_stale(bench.page()));
}

TEST_CASE("a nonce is sent and expected when openid is asked for")
{
  auto plan = explicit_plan();
  plan.scopes = {"openid", "builds:read"};
  Bench bench(std::move(plan));
  bench.to_exchange();
  CHECK(bench.parameter("nonce").size() == 43);
  CHECK(bench.find<Exchange>()->nonce == bench.parameter("nonce"));
}

TEST_CASE("the browser is sent on to an address without the code and learns there who signed in")
{
  Bench bench(explicit_plan());
  bench.to_exchange();
  const auto done = bench.done_path();
  REQUIRE(done.starts_with("/done/"));
  CHECK(done.size() == 6 + 22);
  CHECK_FALSE(done.contains("c0de"));
  bench.forget();

  bench.browse(Bench::request(done), 2);
  CHECK(bench.count<AnswerPage>() == 0);  // held
  bench.on(ExchangeSaved{"ana@acme.example"});
  CHECK(bench.find<AnswerPage>()->browser == BrowserId{2});
  CHECK(says(bench.page(), "work is signed in"));
  CHECK(says(bench.page(), "ana@acme.example"));
  CHECK(bench.find<Finish>()->outcome == "ana@acme.example");
  CHECK_FALSE(bench.login.pending());
}

TEST_CASE("an exchange that takes longer than two seconds shows a page that renews itself")
{
  Bench bench(explicit_plan());
  bench.to_exchange();
  const auto done = bench.done_path();
  bench.forget();
  bench.browse(Bench::request(done), 2).after(Milliseconds(1999));
  CHECK(bench.count<AnswerPage>() == 0);
  bench.after(Milliseconds(1));
  CHECK(says(bench.page(), "One moment"));
  CHECK(bench.page().refresh == Seconds(2));

  bench.on(ExchangeSaved{""}).browse(Bench::request(done), 3);
  CHECK(says(bench.page(), "work is signed in"));
}

TEST_CASE("no more than a few browsers are held at a time")
{
  Bench bench(explicit_plan());
  bench.to_exchange();
  const auto done = bench.done_path();
  bench.forget();
  for (std::uint64_t browser = 1; browser <= kMostHeldBrowsers; ++browser) bench.browse(Bench::request(done), browser);
  CHECK(bench.count<AnswerPage>() == 0);
  bench.browse(Bench::request(done), 99);
  CHECK(bench.find<AnswerPage>()->browser == BrowserId{99});
  CHECK(says(bench.page(), "One moment"));
}

TEST_CASE("the page about the end is kept for a minute, then the port is closed")
{
  Bench bench(explicit_plan());
  bench.to_exchange();
  const auto done = bench.done_path();
  bench.on(ExchangeSaved{"ana"}).after(Seconds(59));
  bench.browse(Bench::request(done), 2);
  CHECK(says(bench.page(), "work is signed in"));
  CHECK(bench.count<CloseRedirect>() == 0);
  bench.after(Seconds(1));
  CHECK(bench.find<CloseRedirect>()->port == kPort);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
  CHECK_FALSE(bench.login.next_wake());
}

TEST_CASE("what does not carry our state changes nothing")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  bench.forget();
  const auto* const wrong =
      GENERATE("", "code=c0de", "code=c0de&state=", "code=c0de&state=wrong", "error=access_denied",
               "error=access_denied&state=wrong", "state=%", "code=c0de&state=%00");
  bench.browse(Bench::request("/callback/acme", wrong));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Finish>() == 0);
  CHECK(bench.count<Exchange>() == 0);

  bench.browse(Bench::answer("code=c0de"));  // the true one still counts
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("an answer that is malformed is rejected and consumes nothing, whatever its state")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  bench.forget();
  const std::string state = "&state=" + Bench::state();
  const auto* const wrong =
      GENERATE("code=a&code=b", "code=a&state=x", "code=a&iss=x&iss=y", "error=a&error=b", "code=a&error=access_denied",
               "scope=a", "code=", "code=a&%63ode=b", "error=a&error_description=b&error_description=c");
  bench.browse(Bench::request("/callback/acme", wrong + state));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Finish>() + bench.count<Exchange>() == 0);
  bench.browse(Bench::answer("code=c0de&unknown=1&unknown=2"));
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("port, path and Host must be those of the redirect URI, byte for byte")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  auto request = Bench::answer("code=c0de");
  REQUIRE(bench.login.claim(request) == Claim::kMine);
  SECTION("port") { request.port = 28766; }
  SECTION("path") { request.path = "/callback/acme/"; }
  SECTION("path in another case") { request.path = "/callback/ACME"; }
  SECTION("Host of another name") { request.host = "localhost:28765"; }
  SECTION("Host of a stranger") { request.host = "evil.example"; }
  SECTION("Host without port") { request.host = "127.0.0.1"; }
  SECTION("no Host") { request.host = ""; }
  CHECK(bench.login.claim(request) != Claim::kMine);
  bench.browse(request);
  CHECK(bench.count<Exchange>() == 0);
}

TEST_CASE("HEAD, POST and requests that load ahead consume nothing")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  auto request = Bench::answer("code=c0de");
  Login* const logins[] = {&bench.login};
  const auto page = [&] { return std::get<BrowserPage>(route(logins, request)); };
  SECTION("HEAD")
  {
    request.method = "HEAD";
    CHECK(page().status == 405);
  }
  SECTION("POST")
  {
    request.method = "POST";
    request.body = request.query;
    CHECK(page().status == 405);
  }
  SECTION("prefetch")
  {
    request.prefetch = true;
    CHECK(page().status == 204);
    CHECK(page().html.empty());
  }
  bench.browse(request);
  CHECK(bench.count<Exchange>() == 0);
}

TEST_CASE("form_post is answered by POST when the account asked for it, and by nothing else")
{
  auto plan = explicit_plan();
  plan.definition.params = {{"response_mode", "form_post"}};
  Bench bench(std::move(plan));
  bench.to_browser();
  auto request = Bench::answer("code=c0de");
  CHECK(bench.login.claim(request) == Claim::kBarred);
  request.method = "POST";
  request.body = std::exchange(request.query, "");
  bench.browse(request);
  CHECK(bench.find<Exchange>()->code.reveal() == "c0de");
  bench.browse(Bench::request(bench.done_path()), 2).on(ExchangeSaved{"ana"});
  CHECK(says(bench.page(), "work is signed in"));
}

TEST_CASE("requests that belong to no login get a page that names no account")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  Login* const logins[] = {&bench.login};
  const auto page = [&](const BrowserRequest& request) { return std::get<BrowserPage>(route(logins, request)); };

  CHECK(page(Bench::request("/favicon.ico")).status == 404);
  CHECK(page(Bench::request("/")).status == 404);
  CHECK(page(Bench::request("/done/AAAA")).status == 404);
  CHECK(page(Bench::request("/callback/acme", "code=c&state=wrong")).status == 400);
  CHECK_FALSE(says(page(Bench::request("/callback/acme")), "work"));
  CHECK(std::get<BrowserPage>(route({}, Bench::answer("code=c"))).status == 404);
  CHECK(std::get<Login*>(route(logins, Bench::answer("code=c"))) == &bench.login);
}

TEST_CASE("two logins on one port are told apart by state")
{
  auto other_plan = explicit_plan();
  other_plan.account = "other";
  auto other_entropy = entropy();
  other_entropy.state.fill(std::byte{9});
  Bench bench(explicit_plan());
  bench.to_browser();
  Login other(std::move(other_plan), other_entropy);
  other.handle(Started{}, bench.now);
  other.handle(RedirectOpened{kPort}, bench.now);
  Login* const logins[] = {&other, &bench.login};
  CHECK(std::get<Login*>(route(logins, Bench::answer("code=c"))) == &bench.login);
  const auto theirs = "code=c&state=" + base64url_encode(std::string(32, '\x09'));
  CHECK(std::get<Login*>(route(logins, Bench::request("/callback/acme", theirs))) == &other);
}

TEST_CASE("a denied consent ends the login as denied and says so, escaped")
{
  Bench bench(explicit_plan());
  bench.to_browser().browse(Bench::answer("error=access_denied&error_description=%3Cb%3Eno%07%22"));
  CHECK(bench.error().code == ErrorCode::kDenied);
  CHECK(bench.error().cause == "user_denied");
  CHECK(bench.error().account == "work");
  CHECK(bench.error().next == "tokenctl login work");
  CHECK_FALSE(bench.error().reason.contains('\x07'));
  bench.browse(Bench::request(bench.done_path()), 2);
  CHECK(says(bench.page(), "work was not signed in"));
  CHECK(says(bench.page(), "access_denied"));
  CHECK(says(bench.page(), "&lt;b&gt;no"));
  CHECK_FALSE(says(bench.page(), "<b>no"));
}

TEST_CASE("other errors of an authorization endpoint say whose fault they are")
{
  struct Row {
    const char* error;
    ErrorCode code;
    const char* cause;
  };
  const auto row = GENERATE(Row{"invalid_scope", ErrorCode::kProviderRefused, "bad_scope"},
                            Row{"unauthorized_client", ErrorCode::kProviderRefused, "bad_client"},
                            Row{"redirect_uri_mismatch", ErrorCode::kProviderRefused, "bad_redirect"},
                            Row{"server_error", ErrorCode::kTemporarilyUnavailable, "provider_error"},
                            Row{"login_required", ErrorCode::kLoginRequired, "consent_required"});
  Bench bench(explicit_plan());
  bench.to_browser().browse(Bench::answer("error=" + std::string(row.error)));
  CHECK(bench.error().code == row.code);
  CHECK(bench.error().cause == row.cause);
  CHECK(bench.error().reason.contains(row.error));
  CHECK(bench.count<Exchange>() == 0);
}

TEST_CASE("iss must be the issuer that was asked, byte for byte")
{
  Bench bench(discovered_plan());
  bench.on(Started{}).on(MetadataArrived{reply(200, metadata_document())}).on(RedirectOpened{kPort});
  SECTION("equal")
  {
    bench.browse(Bench::answer("code=c&iss=https%3A%2F%2Flogin.acme.example"));
    CHECK(bench.count<Exchange>() == 1);
  }
  SECTION("absent, and not announced")
  {
    bench.browse(Bench::answer("code=c"));
    CHECK(bench.count<Exchange>() == 1);
  }
  SECTION("another, also with an error")
  {
    const auto* const what = GENERATE("code=c", "error=access_denied");
    const auto* const iss = GENERATE("https%3A%2F%2Fevil.example", "https%3A%2F%2Flogin.acme.example%2F", "");
    bench.browse(Bench::answer(std::string(what) + "&iss=" + iss));
    CHECK(bench.count<Exchange>() == 0);
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().reason.contains("https://login.acme.example"));
  }
}

TEST_CASE("iss is required where the metadata announces it")
{
  Bench bench(discovered_plan());
  const auto document = metadata_document(R"(,"authorization_response_iss_parameter_supported":true)");
  bench.on(Started{}).on(MetadataArrived{reply(200, document)}).on(RedirectOpened{kPort});
  bench.browse(Bench::answer("code=c"));
  CHECK(bench.count<Exchange>() == 0);
  CHECK(bench.error().code == ErrorCode::kProviderRefused);
}

TEST_CASE("a failed exchange ends the login with its error and the page that fits")
{
  struct Row {
    Error error;
    const char* detail;
    const char* title;
  };
  const auto row = GENERATE(
      Row{{.code = ErrorCode::kProviderRefused, .reason = "no", .cause = "bad_client"},
          "invalid_client",
          "refused the app"},
      Row{{.code = ErrorCode::kTemporarilyUnavailable, .reason = "no", .cause = "provider_error"},
          "HTTP 503",
          "Almost there"},
      Row{{.code = ErrorCode::kDenied, .reason = "no", .cause = "user_denied"}, "access_denied", "was not signed in"},
      Row{{.code = ErrorCode::kLoginRequired, .reason = "no", .cause = "consent_required"}, "", "was not signed in"});
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2).on(ExchangeFailed{row.error, row.detail});
  CHECK(says(bench.page(), row.title));
  CHECK(says(bench.page(), row.detail));
  CHECK(bench.error().code == row.error.code);
  CHECK(bench.count<Finish>() == 1);
}

TEST_CASE("another user than before is refused by name")
{
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2);
  bench.on(IdentityDiffered{"bob@acme.example", "ana@acme.example"});
  CHECK(bench.error().cause == "different_user");
  CHECK(bench.error().next == "tokenctl login work --switch-user");
  CHECK(says(bench.page(), "Another user than before"));
}

TEST_CASE("a port that cannot be opened ends the login before a browser is")
{
  Bench bench(explicit_plan());
  bench.on(Started{}).on(RedirectOpened{
      fail({.code = ErrorCode::kTemporarilyUnavailable, .reason = "port 28765 is used", .cause = "port_busy"})});
  CHECK(bench.error().cause == "port_busy");
  CHECK(bench.count<Tell>() + bench.count<CloseRedirect>() == 0);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}

TEST_CASE("an ephemeral port is put into the redirect URI, and nothing else of it changes")
{
  auto plan = explicit_plan();
  plan.definition.redirect_uri = "http://127.0.0.1/Call%2Fback?x=1";
  Bench bench(std::move(plan));
  bench.on(Started{});
  CHECK(bench.find<OpenRedirect>()->address.port == 0);
  bench.on(RedirectOpened{std::uint16_t{40001}});
  CHECK(bench.parameter("redirect_uri") == "http://127.0.0.1:40001/Call%2Fback?x=1");
  auto request = Bench::request("/Call%2Fback", "x=1&code=c0de&state=" + Bench::state());
  request.port = 40001;
  request.host = "127.0.0.1:40001";
  bench.browse(request);
  CHECK(bench.find<Exchange>()->redirect_uri == "http://127.0.0.1:40001/Call%2Fback?x=1");
}

TEST_CASE("a redirect URI elsewhere opens no port here: the answer is pasted")
{
  auto plan = explicit_plan();
  plan.definition.redirect_uri = "https://acme.example/code";
  Bench bench(std::move(plan));
  bench.on(Started{});
  CHECK(bench.count<OpenRedirect>() == 0);
  CHECK(bench.count<Tell>() == 1);
  bench.on(Pasted{Secret("https://acme.example/code?code=c0de&state=" + Bench::state())});
  CHECK(bench.count<Exchange>() == 1);
  bench.on(ExchangeSaved{"ana"});
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}
