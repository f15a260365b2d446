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

TEST_CASE("the page of a login that brought no refresh token does not promise that it lasts")
{
  Bench bench(explicit_plan());
  bench.to_exchange();
  bench.browse(Bench::request(bench.done_path()), 2);
  bench.on(ExchangeSaved{"ana", LoginLasts::kUntilItsTokenEnds});
  CHECK(says(bench.page(), "work is signed in"));
  CHECK(says(bench.page(), "this login ends with its token"));
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
  const auto* const wrong = GENERATE("code=a&code=b", "code=a&state=x", "code=a&iss=x&iss=y", "error=a&error=b",
                                     "code=a&error=access_denied", "scope=a", "code=", "code=a&%63ode=b",
                                     "error=a&error_description=b&error_description=c", "code=a&foo=1&foo=2");
  bench.browse(Bench::request("/callback/acme", wrong + state));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Finish>() + bench.count<Exchange>() == 0);
  bench.browse(Bench::answer("code=c0de&unknown=1&other=1"));
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
