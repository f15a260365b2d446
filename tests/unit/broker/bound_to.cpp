// What the status of an account says it is bound to, and since when somebody is signed in.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

std::int64_t seconds_of(WallTime at) { return at.time_since_epoch().count(); }

TEST_CASE("the status says when the login was given, also after refreshes and a restart")
{
  Bench bench;
  bench.sign_in("ana");
  const auto signed_in = seconds_of(bench.loop.wall());
  CHECK(bench.status("ana").signed_in_at == signed_in);
  bench.expire();
  bench.ask("ana");
  bench.answer(minted("at-2", "rt-2"));
  CHECK(bench.status("ana").signed_in_at == signed_in);
  bench.restart();
  CHECK(bench.status("ana").signed_in_at == signed_in);
}

TEST_CASE("nobody is signed in before a login, after one that the provider has ended, and where the app is itself")
{
  Bench bench;
  bench.add("ana");
  CHECK_FALSE(bench.status("ana").signed_in_at);
  bench.sign_in("ana");
  bench.refresh("ana");
  bench.answer(refused("invalid_grant"));
  CHECK_FALSE(bench.status("ana").signed_in_at);
  wire::Definition robot = definition();
  robot.flow = Flow::kClientCredentials;
  bench.add("robot", std::move(robot));
  bench.ask("robot");
  bench.answer(minted("at-1"));
  CHECK_FALSE(bench.status("robot").signed_in_at);
}

TEST_CASE("the status says what is added to authorization requests")
{
  Bench bench;
  wire::Definition given = definition();
  given.params = wire::TextMap{{"prompt", "consent"}};
  bench.add("ana", std::move(given));
  CHECK(bench.status("ana").params == wire::TextMap{{"prompt", "consent"}});
}

TEST_CASE("the status says to whom the account's secrets go")
{
  Bench bench;
  bench.add("ana", definition_with_issuer());
  const auto before = bench.status("ana");
  CHECK(before.issuer == "https://as.example");
  CHECK(before.token_endpoint.empty());
  CHECK(before.client_auth.empty());
  const Caller& starter = bench.login("ana");
  bench.answer(metadata());
  bench.come_back(starter);
  bench.answer(minted("at-1", "rt-1"));
  const auto status = bench.status("ana");
  CHECK(status.authorization_endpoint == "https://as.example/authorize");
  CHECK(status.token_endpoint == "https://as.example/token");
  CHECK(status.client_auth == "basic");
}

}  // namespace
}  // namespace tokend::test
