// The address pasted by a person (CompleteLogin): as strict as the port, and forgiving of mistakes.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

namespace {

std::string pasted_answer(std::string_view parameters)
{
  return "http://127.0.0.1:28765/callback/acme?" + std::string(parameters) + "&state=" + Bench::state();
}

}  // namespace

TEST_CASE("a pasted address is exchanged like one that the browser brought")
{
  Bench bench(explicit_plan());
  bench.to_browser().on(Pasted{Secret("  " + pasted_answer("code=c0de") + "\r\n")});
  CHECK(bench.find<AnswerPaste>()->outcome.has_value());
  CHECK(bench.find<Exchange>()->code.reveal() == "c0de");
  bench.on(Pasted{Secret(pasted_answer("code=c0de"))});
  CHECK_FALSE(bench.find<AnswerPaste>()->outcome.has_value());
  bench.browse(Bench::answer("code=c0de"));
  CHECK(is_stale(bench.page()));
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("a pasted address that is wrong consumes nothing and says why")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  const auto* const wrong = GENERATE(
      "", "tokenctl", "https://127.0.0.1:28765/callback/acme?code=c", "http://127.0.0.1:28766/callback/acme?code=c",
      "http://localhost:28765/callback/acme?code=c", "http://127.0.0.1:28765/callback?code=c",
      "http://127.0.0.1:28765/callback/acme", "http://127.0.0.1:28765/callback/acme?code=c&state=wrong",
      "http://127.0.0.1:28765/callback/acme?error=access_denied", "https://login.acme.example/authorize?code=c");
  bench.on(Pasted{Secret(wrong)});
  const auto& outcome = bench.find<AnswerPaste>()->outcome;
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == ErrorCode::kInvalidParameter);
  CHECK(outcome.error().account == "work");
  CHECK_FALSE(outcome.error().next.empty());
  CHECK_FALSE(outcome.error().next.contains("tokenctl"));  // nothing to run: the login waits on
  CHECK(bench.count<Exchange>() + bench.count<Finish>() == 0);
  bench.on(Pasted{Secret(pasted_answer("code=c0de"))});
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("an address elsewhere is refused even when it carries our state")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  const auto* const place = GENERATE("https://127.0.0.1:28765/callback/acme", "http://127.0.0.1:28766/callback/acme",
                                     "http://localhost:28765/callback/acme", "http://127.0.0.1:28765/callback",
                                     "http://127.0.0.1/callback/acme");
  bench.on(Pasted{Secret(std::string(place) + "?code=c0de&state=" + Bench::state())});
  CHECK_FALSE(bench.find<AnswerPaste>()->outcome.has_value());
  CHECK(bench.count<Exchange>() == 0);
}

TEST_CASE("after ten wrong addresses only the browser counts")
{
  Bench bench(explicit_plan());
  bench.to_browser();
  for (int tries = 0; tries < kPasteTries; ++tries) bench.on(Pasted{Secret("nonsense")});
  bench.on(Pasted{Secret(pasted_answer("code=c0de"))});
  REQUIRE_FALSE(bench.find<AnswerPaste>()->outcome.has_value());
  CHECK(bench.find<AnswerPaste>()->outcome.error().next == "tokenctl login work --restart");
  CHECK(bench.count<Exchange>() == 0);
  bench.browse(Bench::answer("code=c0de"));
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("a pasted answer of another issuer is refused and consumes nothing")
{
  Bench bench(discovered_plan());
  bench.on(Started{}).on(MetadataArrived{reply(200, metadata_document())}).on(RedirectOpened{kPort});
  bench.on(Pasted{Secret(pasted_answer("code=c&iss=https%3A%2F%2Fevil.example"))});
  CHECK(bench.find<AnswerPaste>()->outcome.error().code == ErrorCode::kProviderRefused);
  CHECK(bench.login.pending());
  bench.browse(Bench::answer("code=c"));
  CHECK(bench.count<Exchange>() == 1);
}

TEST_CASE("a pasted no is a no")
{
  Bench bench(explicit_plan());
  bench.to_browser().on(Pasted{Secret(pasted_answer("error=access_denied"))});
  CHECK(bench.find<AnswerPaste>()->outcome.has_value());
  CHECK(bench.error().cause == "user_denied");
}
