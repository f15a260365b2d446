// Wishes that the provider refuses for what they ask (scopes, a resource): the others of the grant go on.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

TEST_CASE("a scope that the provider refuses is the trouble of those who asked for it, not of the grant")
{
  GrantBench bench;
  bench.refresh();
  bench.ask(key_of("bogus"));
  CHECK(bench.answer(refused("invalid_scope")) == "clear, fail these, give slot");
  CHECK(bench.is<Resting>());
  CHECK(bench.grant.trouble() == nullptr);
  CHECK(bench.grant.trouble(key_of("bogus"))->cause == "bad_scope");
  CHECK(bench.want() == "slot");
}

TEST_CASE("a refused scope costs one request per step of its own back-off")
{
  GrantBench bench;
  bench.now.jitter = 0.999;
  bench.ask(key_of("bogus"));
  bench.answer(refused("invalid_scope"));
  const auto wait = bench.until(*bench.grant.retry_at(key_of("bogus")));
  CHECK(bench.want(key_of("bogus")) == "fail these");
  bench.later(wait);
  CHECK(bench.want(key_of("bogus")) == "slot");
  bench.send();
  bench.answer(refused("invalid_scope"));
  CHECK(bench.until(*bench.grant.retry_at(key_of("bogus"))) > wait);
}

TEST_CASE("a wish that waited behind a refused one is asked for next")
{
  GrantBench bench;
  bench.ask(key_of("bogus"));
  CHECK(bench.want() == "");
  CHECK(bench.answer(refused("invalid_scope")) == "clear, fail these, give slot, slot");
  CHECK(std::get<Queued>(bench.grant.exchange()).attempt.key == TokenKey{});
}

TEST_CASE("a refused scope is forgotten with a changed definition, and when it is granted after all")
{
  GrantBench bench;
  bench.ask(key_of("bogus"));
  bench.answer(refused("invalid_scope"));
  bench.grant.set_provider(grant_provider());
  CHECK(bench.grant.trouble(key_of("bogus")) == nullptr);
}

TEST_CASE("what the consent gave is the grant's own: refused, everybody is told")
{
  GrantBench bench;
  bench.ask();
  CHECK(bench.answer(refused("invalid_scope")) == "clear, give slot, fail waiters");
  CHECK(bench.cause() == "bad_scope");
}

TEST_CASE("of more wishes than a grant holds the last are turned away, but for the one that everybody has")
{
  GrantBench bench;
  bench.ask(key_of("scope-0"));
  for (std::size_t n = 1; n < kTokensPerGrant; ++n) CHECK(bench.want(key_of("scope-" + std::to_string(n))) == "");
  CHECK(bench.want(key_of("one more")) == "fail these");
  CHECK(bench.grant.trouble(key_of("one more"))->cause == "rate_limited");
  CHECK(bench.grant.trouble() == nullptr);
  CHECK(bench.want() == "");
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved() == "publish, give slot, slot");
  CHECK(std::get<Queued>(bench.grant.exchange()).attempt.key == TokenKey{});
}

TEST_CASE("the token that everybody asks for is not given up for others")
{
  GrantBench bench;
  bench.refresh();
  for (std::size_t n = 0; n < 2 * kTokensPerGrant; ++n) {
    bench.later(Seconds(1));
    bench.refresh(key_of("scope-" + std::to_string(n)));
  }
  CHECK(bench.grant.newest({}) != nullptr);
  CHECK(bench.grant.tokens().size() == kTokensPerGrant);
}

}  // namespace
}  // namespace tokend::test
