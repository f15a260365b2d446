// Who is told what of a login, how many may wait, and how long.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Known : Bench {
  Known() { add("ana"); }
};

TEST_CASE_METHOD(Known, "only the connection that started a login is told its URL")
{
  const Caller& starter = login("ana");
  const Caller& watcher = login("ana");
  const auto told = starter.read<wire::LoginReply>();
  CHECK(told.stage == wire::Stage::kOpenBrowser);
  CHECK(told.url.starts_with("https://as.example/authorize?"));
  const auto seen = watcher.read<wire::LoginReply>();
  CHECK(seen.stage == wire::Stage::kWaiting);
  CHECK(seen.url.empty());
  CHECK_FALSE(watcher.answers.back().contains("state="));
  CHECK(seen.deadline == told.deadline);
  come_back(starter);
  answer(minted("at-1", "rt-1"));
  CHECK(starter.read<wire::LoginReply>().stage == wire::Stage::kDone);
  CHECK(watcher.read<wire::LoginReply>().stage == wire::Stage::kDone);
}

TEST_CASE_METHOD(Known, "a restart takes the place of the pending login, whose answer counts no more")
{
  const Caller& first = login("ana");
  const auto told = first.read<wire::LoginReply>();
  const Caller& second = login("ana", {.restart = true});
  CHECK(first.error->reason == "ana: the login was started anew");
  browser.visit(told.redirect_uri, "code=code-1&state=" + parameter_of(told.url, "state"));
  run();
  CHECK(provider.out() == 0);
  CHECK(browser.pages.back().status == 400);
  come_back(second);
  CHECK(provider.out() == 1);
}

TEST_CASE_METHOD(Known, "a login goes on when its starter has left, and can be cancelled by anybody")
{
  Caller& watcher = [this]() -> Caller& {
    Caller starter;
    broker->login({.account = "ana"}, starter);
    return login("ana");
  }();
  CHECK(daemon_status().pending_logins == 1);
  CHECK(state("ana") == "signing_in");
  cancel("ana");
  CHECK(watcher.error->reason == "ana: the login was cancelled");
  CHECK(daemon_status().pending_logins == 0);
}

TEST_CASE_METHOD(Known, "no login is pending once it was cancelled, however often and whether there was one")
{
  CHECK_FALSE(cancel("ana").error);
  login("ana");
  CHECK_FALSE(cancel("ana").error);
  CHECK_FALSE(cancel("ana").error);
  CHECK(cancel("anna").error->code == ErrorCode::kNoSuchAccount);
}

TEST_CASE("a ninth login is refused until one of eight is over")
{
  Bench bench;
  std::vector<std::string> names;
  for (int i = 0; i < 9; ++i) bench.add(names.emplace_back("account" + std::to_string(i)));
  for (int i = 0; i < 8; ++i) CHECK_FALSE(bench.login(names[static_cast<std::size_t>(i)]).error);
  const Caller& ninth = bench.login("account8");
  CHECK(ninth.cause() == "rate_limited");
  CHECK(bench.daemon_status().pending_logins == 8);
  bench.cancel("account3");
  CHECK_FALSE(bench.login("account8").error);
}

TEST_CASE_METHOD(Known, "nobody comes back: a hint after twenty seconds, the end after five minutes")
{
  const Caller& starter = login("ana");
  pass(Seconds(19));
  CHECK(starter.answers.size() == 1);
  pass(Seconds(1));
  CHECK(starter.read<wire::LoginReply>().hint.contains("http://127.0.0.1:28765/callback/oauth2-"));
  pass(Seconds(279));
  CHECK_FALSE(starter.over);
  pass(Seconds(1));
  REQUIRE(starter.error);
  CHECK(starter.error->code == ErrorCode::kLoginTimedOut);
  CHECK(starter.error->redirect_uri == starter.read<wire::LoginReply>().redirect_uri);
}

TEST_CASE_METHOD(Known, "the redirect port is held for five minutes after a login that nobody answered")
{
  login("ana", {.timeout = 60});
  CHECK(browser.users.at(28765) == 1);
  pass(Seconds(60));
  pass(Seconds(299));
  CHECK(browser.users.at(28765) == 1);
  pass(Seconds(1));
  CHECK(browser.users.at(28765) == 0);
}

TEST_CASE_METHOD(Known, "the person reads how it went, for a minute")
{
  const Caller& starter = login("ana");
  come_back(starter);
  REQUIRE(browser.pages.size() == 1);
  CHECK(browser.pages.back().status == 303);
  const std::string done = "http://127.0.0.1:28765" + browser.pages.back().location;
  browser.visit(done, "");
  CHECK(browser.pages.size() == 1);
  answer(minted("at-1", "rt-1"));
  REQUIRE(browser.pages.size() == 2);
  CHECK(browser.pages.back().status == 200);
  CHECK(browser.pages.back().html.contains("ana"));
  pass(Seconds(59));
  browser.visit(done, "");
  CHECK(browser.pages.back().status == 200);
  pass(Seconds(1));
  CHECK(browser.users.at(28765) == 0);
}

TEST_CASE_METHOD(Known, "a person may paste the address where no browser can come back")
{
  const Caller& starter = login("ana");
  const auto told = starter.read<wire::LoginReply>();
  Caller& wrong = call();
  broker->complete_login({"ana", Secret(told.redirect_uri + "?code=c&state=other")}, wrong);
  run();
  CHECK(wrong.error->subject == "redirectedUrl");
  CHECK(provider.out() == 0);
  Caller& right = call();
  broker->complete_login({"ana", Secret(told.redirect_uri + "?code=c&state=" + parameter_of(told.url, "state"))},
                         right);
  run();
  CHECK_FALSE(right.error);
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("code=c"));
}

TEST_CASE_METHOD(Known, "an address whose state was used is worth nothing")
{
  const Caller& starter = login("ana");
  const auto told = starter.read<wire::LoginReply>();
  come_back(starter);
  browser.visit(told.redirect_uri, "code=other&state=" + parameter_of(told.url, "state"));
  run();
  CHECK(browser.pages.back().status == 400);
  CHECK(provider.out() == 1);
}

}  // namespace
}  // namespace tokend::test
