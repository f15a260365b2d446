// Deadlines, hints, cancelling, and what comes too late.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

TEST_CASE("after 20 seconds one hint names the exact redirect URI")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  bench.forget();
  bench.after(Milliseconds(19'999));
  CHECK(bench.count<Tell>() == 0);
  bench.after(Milliseconds(1));
  CHECK(bench.find<Tell>()->progress.hint.contains("http://127.0.0.1:28765/callback/acme"));
  CHECK(bench.find<Tell>()->progress.hint.contains("login.acme.example"));
  bench.after(Seconds(60));
  CHECK(bench.count<Tell>() == 1);
}

TEST_CASE("the deadline ends the login and names the exact callback")
{
  Bench bench(explicit_plan());
  bench.to_browser().after(Seconds(299));
  CHECK(bench.login.pending());
  bench.after(Seconds(1));
  CHECK(bench.error().code == ErrorCode::kLoginTimedOut);
  CHECK(bench.error().redirect_uri == "http://127.0.0.1:28765/callback/acme");
  CHECK(bench.error().reason ==
        "work: nobody came back within 5 min; registered must be exactly "
        "http://127.0.0.1:28765/callback/acme at login.acme.example");
  CHECK(bench.count<CloseRedirect>() == 0);
}

TEST_CASE("where each login takes another port, no port is told to be registered")
{
  login::Plan plan = explicit_plan();
  plan.definition.redirect_uri = "http://127.0.0.1/callback/acme";
  Bench bench(std::move(plan));
  bench.to_browser().after(Seconds(20));
  CHECK(bench.find<Tell>()->progress.hint.ends_with(
      " is not exactly http://127.0.0.1/callback/acme (the port does not count)"));
  bench.after(Seconds(280));
  CHECK(bench.error().reason ==
        "work: nobody came back within 5 min; registered must be exactly http://127.0.0.1/callback/acme "
        "(the port does not count) at login.acme.example");
}

TEST_CASE("after the deadline the port is held for five more minutes and a late code goes nowhere")
{
  Bench bench(explicit_plan());
  bench.to_browser().after(Seconds(300 + 299));
  Login* const logins[] = {&bench.login};
  CHECK(is_stale(std::get<BrowserPage>(route(logins, Bench::answer("code=late")))));
  bench.browse(Bench::answer("code=late"));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Exchange>() + bench.count<CloseRedirect>() == 0);
  bench.after(Seconds(1));
  CHECK(bench.find<CloseRedirect>()->port == kPort);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}

TEST_CASE("an exchange under way outlives the person's deadline")
{
  Bench bench(explicit_plan());
  bench.to_browser().after(Seconds(299)).browse(Bench::answer("code=c0de")).after(Seconds(30));
  CHECK(bench.count<Finish>() == 0);
  bench.on(ExchangeSaved{"ana"});
  CHECK(bench.find<Finish>()->outcome == "ana");
}

TEST_CASE("a cancelled login is over, and its port still held")
{
  Bench bench(explicit_plan());
  bench.to_browser().on(Cancelled{"the login was cancelled"});
  CHECK(bench.error().code == ErrorCode::kDenied);
  CHECK(bench.error().reason == "the login was cancelled");
  bench.browse(Bench::answer("code=late"));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Exchange>() + bench.count<CloseRedirect>() == 0);
  bench.after(kHoldPort);
  CHECK(bench.count<CloseRedirect>() == 1);
  CHECK(bench.count<Finish>() == 1);
}

TEST_CASE("cancelling during the exchange gives its grant up and tells the browser")
{
  Bench bench(explicit_plan());
  bench.to_exchange().browse(Bench::request(bench.done_path()), 2).on(Cancelled{"the login was cancelled"});
  CHECK(bench.count<AbandonExchange>() == 1);
  CHECK(says(bench.page(), "work was not signed in"));
  bench.on(ExchangeSaved{"ana"}).on(ExchangeFailed{}).on(IdentityDiffered{});
  CHECK(bench.count<Finish>() == 1);
}

TEST_CASE("answers that come after the end, or before the question, change nothing")
{
  Bench bench(explicit_plan());
  bench.on(MetadataArrived{reply(200, metadata_document())})
      .on(DeviceAnswered{reply(200, "{}")})
      .on(ExchangeSaved{"x"});
  bench.on(TimePassed{});
  CHECK(bench.effects.empty());
  CHECK_FALSE(bench.login.next_wake());

  bench.to_browser();
  const auto so_far = bench.effects.size();
  bench.on(Started{}).on(MetadataArrived{reply(200, metadata_document())}).on(DeviceAnswered{reply(200, "{}")});
  bench.on(ExchangeSaved{"x"}).on(ExchangeFailed{}).on(IdentityDiffered{}).on(TimePassed{});
  CHECK(bench.effects.size() == so_far);

  bench.on(Cancelled{"enough"}).after(kHoldPort);
  bench.forget();
  bench.on(Cancelled{"again"}).on(TimePassed{}).on(ExchangeSaved{"x"});
  CHECK(bench.effects.empty());
  bench.on(RedirectOpened{kPort});
  CHECK(bench.count<CloseRedirect>() == 1);  // nothing may stay open
}

TEST_CASE("a provider that never answers discovery runs into the deadline")
{
  auto plan = discovered_plan();
  plan.timeout = Seconds(10);
  Bench bench(std::move(plan));
  bench.on(Started{}).after(Seconds(10));
  CHECK(bench.error().code == ErrorCode::kLoginTimedOut);
  CHECK(bench.error().redirect_uri.empty());
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}
