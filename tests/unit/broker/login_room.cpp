// What logins that are over may hold on to: ports, requests, and how many of them.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

constexpr std::uint16_t kEphemeral = 40000;  // of the bench's browser
constexpr int kMostOver = 32;

struct Known : Bench {
  Known()
  {
    wire::Definition what = definition();
    what.redirect_uri = "http://127.0.0.1/callback";
    REQUIRE_FALSE(add("ana", std::move(what)).error);
    REQUIRE_FALSE(add("fixed").error);
  }
};

TEST_CASE_METHOD(Known, "a login that is started anew gives its port back at once, if nothing else could come there")
{
  for (int i = 0; i < 100; ++i) login("ana", {.restart = true});
  CHECK(browser.users.at(kEphemeral) == 1);
  login("fixed");
  login("fixed", {.restart = true});
  CHECK(browser.users.at(28765) == 2);
}

TEST_CASE_METHOD(Known, "logins that are over hold a port thirty-two at a time, the newest")
{
  for (int i = 0; i < kMostOver + 10; ++i) {
    login("ana");
    cancel("ana");
  }
  const Caller& starter = login("ana");
  CHECK(browser.users.at(kEphemeral) == kMostOver + 1);
  come_back(starter);
  CHECK(provider.last().has("code=code-1"));
}

TEST_CASE("a login that ends before its provider has answered calls its request back")
{
  Bench bench;
  wire::Definition what = definition_with_issuer();
  what.device_endpoint = "https://as.example/device";
  REQUIRE_FALSE(bench.add("ana", std::move(what)).error);
  const bool asks_for_a_code = GENERATE(false, true);
  bench.login("ana", {.flow = Flow::kDevice});
  if (asks_for_a_code) bench.answer(metadata());
  REQUIRE(bench.provider.out() == 1);
  bench.cancel("ana");
  CHECK(bench.provider.cancelled == 1);
  bench.answer(lost());
  CHECK(bench.daemon_status().pending_logins == 0);
}

TEST_CASE("a login whose provider has answered calls nothing back")
{
  Bench bench;
  REQUIRE_FALSE(bench.add("ana", definition_with_issuer()).error);
  bench.login("ana");
  bench.answer(metadata());
  bench.cancel("ana");
  CHECK(bench.provider.cancelled == 0);
}

}  // namespace
}  // namespace tokend::test
