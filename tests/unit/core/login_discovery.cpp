// Discovery at the login: where it is looked for, what is believed, what each failure says.
#include "tests/unit/core/login_bench.hpp"

using namespace tokend;
using namespace tokend::login;
using namespace tokend::test;

namespace {

HttpOutcome trouble(HttpTrouble what) { return std::unexpected(HttpFailure{.trouble = what, .sent = Sent::kNo}); }

}  // namespace

TEST_CASE("metadata is looked for at the OpenID Connect address first, then at RFC 8414's")
{
  Bench bench(discovered_plan());
  bench.on(Started{});
  CHECK(bench.find<FetchMetadata>()->url == "https://login.acme.example/.well-known/openid-configuration");
  bench.on(MetadataArrived{reply(404, "not here")});
  CHECK(bench.find<FetchMetadata>()->url == "https://login.acme.example/.well-known/oauth-authorization-server");
  bench.on(MetadataArrived{reply(200, metadata_document())});
  CHECK(bench.count<OpenRedirect>() == 1);
  CHECK(bench.login.provider().token_endpoint == "https://login.acme.example/token");
  CHECK(bench.login.metadata()->issuer == kIssuer);
}

TEST_CASE("a page instead of metadata is passed over like a 404, and remembered")
{
  Bench bench(discovered_plan());
  bench.on(Started{}).on(MetadataArrived{reply(200, "<!doctype html>")});
  REQUIRE(bench.count<FetchMetadata>() == 2);
  bench.on(MetadataArrived{reply(404, "")});
  CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
  CHECK(bench.error().cause == "provider_error");
}

TEST_CASE("no metadata anywhere: the issuer is in doubt, unless its endpoints were given")
{
  auto plan = discovered_plan();
  SECTION("not given")
  {
    Bench bench(std::move(plan));
    bench.on(Started{}).on(MetadataArrived{reply(404, "")}).on(MetadataArrived{reply(404, "")});
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().cause == "no_metadata");
    CHECK(bench.error().next == "tokenctl set work --issuer ...");
    CHECK(bench.error().reason.contains("https://login.acme.example"));
  }
  SECTION("given")
  {
    plan.definition.authorization_endpoint = "https://login.acme.example/authorize";
    plan.definition.token_endpoint = "https://login.acme.example/token";
    Bench bench(std::move(plan));
    bench.on(Started{}).on(MetadataArrived{reply(404, "")}).on(MetadataArrived{reply(404, "")});
    CHECK(bench.count<OpenRedirect>() == 1);
    CHECK_FALSE(bench.login.metadata());
  }
}

TEST_CASE("an issuer whose metadata has moved is told with its new origin, and what to set")
{
  Bench bench(discovered_plan());
  HttpOutcome moved = reply(301, "");
  moved->fields.push_back({"location", Secret("https://id.acme.example/.well-known/openid-configuration")});
  bench.on(Started{}).on(MetadataArrived{std::move(moved)}).on(MetadataArrived{reply(404, "")});
  CHECK(bench.error().code == ErrorCode::kProviderRefused);
  CHECK(bench.error().cause == "endpoint_changed");
  CHECK(bench.error().next == "tokenctl set work --issuer ...");
  CHECK(bench.error().reason.contains("https://id.acme.example"));
}

TEST_CASE("each failure of discovery has its own words")
{
  Bench bench(discovered_plan());
  bench.on(Started{});
  SECTION("the name is unknown")
  {
    bench.on(MetadataArrived{trouble(HttpTrouble::kDns)});
    CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
    CHECK(bench.error().cause == "dns");
    CHECK(bench.error().reason.contains("login.acme.example"));
  }
  SECTION("TLS")
  {
    bench.on(MetadataArrived{trouble(HttpTrouble::kTls)});
    CHECK(bench.error().cause == "tls");
  }
  SECTION("the network")
  {
    bench.on(MetadataArrived{trouble(HttpTrouble::kConnect)});
    CHECK(bench.error().cause == "network");
  }
  SECTION("a broken server")
  {
    bench.on(MetadataArrived{reply(503, "")}).on(MetadataArrived{reply(503, "")});
    CHECK(bench.error().code == ErrorCode::kTemporarilyUnavailable);
    CHECK(bench.error().reason.contains("503"));
  }
  SECTION("another issuer, whatever the other place said")
  {
    bench.on(MetadataArrived{reply(200, "<html>")});
    bench.on(MetadataArrived{reply(200, R"({"issuer":"https://evil.example"})")});
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().reason.contains("https://evil.example"));
  }
  SECTION("endpoints at another host")
  {
    bench.on(MetadataArrived{reply(200, R"({"issuer":"https://login.acme.example",)"
                                        R"("authorization_endpoint":"https://login.acme.example/a",)"
                                        R"("token_endpoint":"https://evil.example/t"})")});
    CHECK(bench.error().code == ErrorCode::kProviderRefused);
    CHECK(bench.error().reason.contains("evil.example"));
    CHECK(bench.error().reason.contains("login.acme.example"));
  }
  CHECK(bench.count<OpenRedirect>() + bench.count<Tell>() == 0);
  CHECK(bench.count<Finish>() == 1);
  CHECK(std::holds_alternative<Discard>(bench.effects.back()));
}
