// A token that an API does not take: forgotten, and replaced by the same rules as an expired one.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

std::int64_t row_of(const GrantBench& bench, const TokenKey& key = {}) { return bench.grant.newest(key)->row; }

TEST_CASE("a refused token is forgotten at once and replaced")
{
  GrantBench bench;
  bench.refresh();
  CHECK(bench.on(TokenRefused{row_of(bench)}) == "forget token, slot");
  CHECK(bench.grant.newest({}) == nullptr);
  bench.send();
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved() == "publish, give slot");
  CHECK(bench.grant.newest({}) != nullptr);
}

TEST_CASE("a token that was replaced already is not refused a second time")
{
  GrantBench bench;
  bench.refresh();
  const auto old = row_of(bench);
  bench.refresh();
  CHECK(bench.on(TokenRefused{old}) == "");
  CHECK(bench.grant.newest({}) != nullptr);
}

TEST_CASE("only the token that was refused is replaced")
{
  GrantBench bench;
  bench.refresh();
  bench.refresh(key_of("other"));
  bench.on(TokenRefused{row_of(bench)});
  CHECK(bench.grant.newest(key_of("other")) != nullptr);
  CHECK(std::get<Queued>(bench.grant.exchange()).attempt.key == TokenKey{});
}

TEST_CASE("a refused token starts no second exchange, and none inside a back-off")
{
  GrantBench bench;
  bench.refresh();
  bench.refresh(key_of("other"));
  bench.ask(key_of("third"));
  CHECK(bench.on(TokenRefused{row_of(bench)}) == "forget token");
  bench.answer(refused("temporarily_unavailable"));
  CHECK(bench.on(TokenRefused{row_of(bench, key_of("other"))}) == "forget token");
}

TEST_CASE("a token that nothing can replace stays, whoever refuses it")
{
  GrantBench bench(grant_provider(), Nothing{});
  bench.on(ConsentGiven{AttemptKind::kCode});
  bench.send();
  bench.answer(grant_reply(200, R"({"access_token":"at"})"));
  bench.kept();
  bench.saved();
  CHECK(bench.on(TokenRefused{row_of(bench)}) == "");
  CHECK(bench.grant.newest({}) != nullptr);
}

TEST_CASE("a doubt that was held for the sake of a live token is resolved when that is refused")
{
  GrantBench bench;
  bench.refresh();
  bench.ask();
  bench.answer(lost());
  CHECK(bench.until(*bench.grant.next_wake()) > Seconds(3000));
  CHECK(bench.on(TokenRefused{row_of(bench)}) == "forget token");
  CHECK(bench.until(*bench.grant.next_wake()) <= Seconds(2));
}

}  // namespace
}  // namespace tokend::test
