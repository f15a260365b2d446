// The device code leg (RFC 8628): the code is shown, the grant polls, the login waits.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

namespace {

constexpr std::string_view kAnswer =
    R"({"device_code":"dev1ce","user_code":"WDJB-MJHT","verification_uri":"https://login.acme.example/device",)"
    R"("verification_uri_complete":"https://login.acme.example/device?c=WDJB-MJHT","expires_in":120,"interval":7})";

Plan device_plan()
{
  auto plan = explicit_plan();
  plan.flow = Flow::kDevice;
  return plan;
}

}  // namespace

TEST_CASE("a device login shows the code and lets a grant poll")
{
  Bench bench(device_plan());
  bench.on(Started{});
  REQUIRE(bench.count<AskDevice>() == 1);
  CHECK(bench.login.provider().device_endpoint == "https://login.acme.example/device");
  bench.on(DeviceAnswered{reply(200, std::string(kAnswer))});
  const auto& told = bench.find<Tell>()->progress;
  CHECK(told.stage == Progress::Stage::kEnterCode);
  CHECK(told.user_code == "WDJB-MJHT");
  CHECK(told.verification_uri == "https://login.acme.example/device");
  CHECK(told.verification_uri_complete == "https://login.acme.example/device?c=WDJB-MJHT");
  CHECK(told.deadline == bench.now.wall + Seconds(120));
  const auto* exchange = bench.find<Exchange>();
  CHECK(exchange->kind == AttemptKind::kDevice);
  CHECK(exchange->code.reveal() == "dev1ce");
  CHECK(exchange->poll_interval == Seconds(7));
  CHECK_FALSE(exchange->verifier);
  CHECK(bench.count<OpenRedirect>() == 0);

  bench.on(ExchangeSaved{"ana"});
  CHECK(bench.find<Finish>()->outcome == "ana");
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}

TEST_CASE("a device login without an endpoint for it says which option names one")
{
  auto plan = device_plan();
  plan.definition.device_endpoint.clear();
  Bench given(plan);
  given.on(Started{});
  CHECK(given.error().code == ErrorCode::kInvalidDefinition);
  CHECK(given.error().next == "tokenctl set work --device-endpoint ...");
  plan.definition.issuer = kIssuer;
  Bench announced(plan);
  const std::string bare =
      R"({"issuer":"https://login.acme.example","token_endpoint":"https://login.acme.example/token"})";
  announced.on(Started{}).on(MetadataArrived{reply(200, bare)});
  CHECK(announced.error().code == ErrorCode::kProviderRefused);
  CHECK(announced.error().next == "tokenctl set work --device-endpoint ...");
}

TEST_CASE("a device code that nobody enters is given up when it expires")
{
  Bench bench(device_plan());
  bench.on(Started{}).on(DeviceAnswered{reply(200, std::string(kAnswer))}).after(Seconds(119));
  CHECK(bench.login.pending());
  bench.after(Seconds(1));
  CHECK(bench.error().code == ErrorCode::kLoginTimedOut);
  CHECK(bench.error().reason == "work: nobody entered the code within 2 min");
  CHECK(bench.count<AbandonExchange>() == 1);
}

TEST_CASE("cancelling a device login stops the polling")
{
  Bench bench(device_plan());
  bench.on(Started{}).on(DeviceAnswered{reply(200, std::string(kAnswer))}).on(Cancelled{"the login was cancelled"});
  CHECK(bench.count<AbandonExchange>() == 1);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}

TEST_CASE("what a device endpoint refuses, or says badly, ends the login in words")
{
  Bench bench(device_plan());
  bench.on(Started{});
  SECTION("the client is refused")
  {
    bench.on(DeviceAnswered{reply(401, R"({"error":"invalid_client"})")});
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().cause == "bad_client");
  }
  SECTION("a bad day")
  {
    bench.on(DeviceAnswered{reply(503, "<html>")});
    CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
  }
  SECTION("no connection")
  {
    bench.on(DeviceAnswered{std::unexpected(HttpFailure{.trouble = HttpTrouble::kConnect, .sent = Sent::kNo})});
    CHECK(bench.error().cause == "network");
  }
  SECTION("an answer without a code")
  {
    bench.on(DeviceAnswered{reply(200, R"({"user_code":"A"})")});
    CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
  }
  SECTION("a code that cannot be shown")
  {
    bench.on(DeviceAnswered{
        reply(200, R"({"device_code":"d","user_code":"\u001b[2J","verification_uri":"https://login.acme.example"})")});
    CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
  }
  SECTION("a page that must not be opened")
  {
    const auto* const uri = GENERATE("http://login.acme.example/device", "javascript:alert(1)", "");
    bench.on(DeviceAnswered{
        reply(200, R"({"device_code":"d","user_code":"A","verification_uri":")" + std::string(uri) + "\"}")});
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
  }
  CHECK(bench.count<Tell>() + bench.count<Exchange>() == 0);
}

TEST_CASE("a device answer is read leniently where it does no harm")
{
  Bench bench(device_plan());
  bench.on(Started{}).on(DeviceAnswered{
      reply(200, R"({"device_code":"d","user_code":"A","verification_url":"https://login.acme.example/d",)"
                 R"("verification_uri_complete":"http://evil.example","expires_in":"60","interval":0})")});
  const auto& told = bench.find<Tell>()->progress;
  CHECK(told.verification_uri == "https://login.acme.example/d");
  CHECK(told.verification_uri_complete.empty());
  CHECK(told.deadline == bench.now.wall + Seconds(60));
  CHECK(bench.find<Exchange>()->poll_interval == Seconds(5));
}
