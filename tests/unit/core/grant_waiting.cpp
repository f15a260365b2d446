// When a grant asks again: back-off, what ends it, what is due, and how long a token counts as usable.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

HttpOutcome throttled(const char* seconds)
{
  HttpOutcome reply = grant_reply(429, "{}");
  reply->fields.push_back({"retry-after", Secret(seconds)});
  return reply;
}

TEST_CASE("a failing provider costs one request per step of the back-off")
{
  GrantBench bench;
  bench.now.jitter = 0.999;
  bench.ask();
  bench.answer(refused("temporarily_unavailable"));
  CHECK(bench.want() == "");
  CHECK(bench.want() == "");
  const auto first = bench.until(*bench.grant.next_wake());
  bench.later(first);
  CHECK(bench.on(TimePassed{}) == "slot");
  bench.send();
  bench.answer(refused("temporarily_unavailable"));
  CHECK(bench.until(*bench.grant.next_wake()) > first);
  CHECK(bench.grant.trouble()->failures == 2);
}

TEST_CASE("Retry-After is obeyed, and at most an hour")
{
  GrantBench bench;
  bench.ask();
  bench.answer(throttled("77"));
  CHECK(bench.until(*bench.grant.retry_at()) == Seconds(77));
  bench.later(Seconds(77));
  bench.on(TimePassed{});
  bench.send();
  bench.answer(throttled("99999"));
  CHECK(bench.until(*bench.grant.retry_at()) == Seconds(3600));
}

TEST_CASE("a person who asks skips a transient back-off, never a throttle")
{
  GrantBench bench;
  bench.ask();
  bench.answer(refused("temporarily_unavailable"));
  CHECK(bench.on(RefreshOrdered{}) == "slot");
  bench.send();
  bench.answer(throttled("77"));
  CHECK(bench.on(RefreshOrdered{}) == "");
}

TEST_CASE("a person who asks moves a background refresh forward in the queue")
{
  GrantBench bench;
  bench.want({}, Urgency::kBackground);
  CHECK(bench.on(RefreshOrdered{}) == "slot");
}

TEST_CASE("an unreachable provider is tried again for a caller after two seconds, not for the background")
{
  GrantBench bench;
  bench.now.jitter = 0.999;
  for (int failure = 0; failure < 4; ++failure) {
    if (failure) bench.on(TimePassed{});
    else bench.want();
    bench.send();
    bench.answer(not_sent());
    if (failure < 3) bench.later(bench.until(*bench.grant.next_wake()));
  }
  CHECK(bench.until(*bench.grant.next_wake()) > Seconds(10));
  bench.later(Milliseconds(1999));
  CHECK(bench.want() == "");
  bench.later(Milliseconds(1));
  CHECK(bench.want({}, Urgency::kBackground) == "");
  CHECK(bench.want() == "slot");
}

TEST_CASE("an error of the provider is not tried again for a caller")
{
  GrantBench bench;
  bench.now.jitter = 0.999;
  bench.ask();
  bench.answer(throttled("60"));
  bench.later(Seconds(5));
  CHECK(bench.want() == "");
}

TEST_CASE("a better connection ends a back-off")
{
  GrantBench bench;
  CHECK(bench.on(ConnectionImproved{}) == "");
  bench.ask();
  bench.answer(not_sent());
  CHECK(bench.on(ConnectionImproved{}) == "slot");
}

TEST_CASE("a back-off of nobody ends at rest")
{
  GrantBench bench;
  bench.ask();
  bench.answer(not_sent());
  bench.grant.no_one_waits();
  bench.later(bench.until(*bench.grant.next_wake()));
  CHECK(bench.on(TimePassed{}) == "");
  CHECK(bench.is<Resting>());
}

TEST_CASE("a token is refreshed ahead of its expiry, in the background")
{
  GrantBench bench;
  bench.refresh();
  CHECK(bench.until(*bench.grant.next_wake()) == Seconds(3600 - 300));
  bench.later(Seconds(3299));
  CHECK(bench.on(TimePassed{}) == "");
  bench.later(Seconds(1));
  CHECK(bench.on(TimePassed{}) == "background slot");
}

TEST_CASE("an idle grant is refreshed on request only")
{
  GrantBench bench;
  bench.refresh();
  bench.grant.set_habits(true, true);
  CHECK(bench.grant.next_wake() == std::nullopt);
  bench.later(Seconds(3500));
  CHECK(bench.on(TimePassed{}) == "");
  CHECK(bench.want() == "slot");
}

TEST_CASE("a wish for a long life is capped at two thirds of what the provider gives")
{
  GrantBench bench;
  bench.refresh({}, 300);
  CHECK(bench.grant.usable({}, Seconds(100'000), bench.now.boot) != nullptr);
  bench.later(Seconds(99));
  CHECK(bench.grant.usable({}, Seconds(100'000), bench.now.boot) != nullptr);
  bench.later(Seconds(1));
  CHECK(bench.grant.usable({}, Seconds(100'000), bench.now.boot) == nullptr);
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot) != nullptr);
}

TEST_CASE("a token is not usable in the second in which it expires")
{
  GrantBench bench;
  bench.refresh({}, 300);
  bench.later(Seconds(300) - Milliseconds(1));
  CHECK(bench.grant.usable({}, Seconds(0), bench.now.boot) != nullptr);
  bench.later(Milliseconds(1));
  CHECK(bench.grant.usable({}, Seconds(0), bench.now.boot) == nullptr);
}

TEST_CASE("the lifetime counts from when the request left")
{
  GrantBench bench;
  bench.ask();
  const BootTime left = bench.now.boot;
  bench.later(Seconds(20));
  bench.answer(minted(300));
  bench.kept();
  bench.saved();
  CHECK(*bench.grant.newest({})->expires == left + Seconds(300));
}

TEST_CASE("a token without a known lifetime is usable until it is replaced")
{
  GrantBench bench;
  bench.ask();
  bench.answer(grant_reply(200, R"({"access_token":"at","refresh_token":"rt"})"));
  bench.kept();
  bench.saved();
  bench.later(std::chrono::hours(24 * 365));
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot) != nullptr);
  CHECK(bench.grant.next_wake() == std::nullopt);
}

TEST_CASE("a grant keeps sixteen tokens and lets the oldest go")
{
  GrantBench bench;
  for (int i = 0; i < 17; ++i) {
    bench.refresh(key_of("scope" + std::to_string(i)));
    bench.later(Seconds(1));
  }
  CHECK(bench.grant.tokens().size() == kTokensPerGrant);
  CHECK(bench.grant.newest(key_of("scope0")) == nullptr);
  CHECK(bench.grant.newest(key_of("scope1")) != nullptr);
  CHECK(bench.grant.newest(key_of("scope16")) != nullptr);
}

TEST_CASE("where a refresh kills the old access tokens they are forgotten with it")
{
  Provider provider = grant_provider();
  provider.refresh.refresh_kills_access = true;
  GrantBench bench(provider);
  bench.refresh(key_of("one"));
  bench.later(Seconds(1));
  bench.refresh(key_of("two"));
  CHECK(bench.grant.newest(key_of("one")) == nullptr);
  CHECK(bench.grant.newest(key_of("two")) != nullptr);
}

TEST_CASE("a grant that cannot be refreshed says so at once")
{
  for (const Credential& held : {Credential(Nothing{}), Credential(Dead{})}) {
    GrantBench bench(grant_provider(), held);
    CHECK(bench.want() == "fail waiters");
    CHECK(bench.on(RefreshOrdered{}) == "fail waiters");
  }
}

TEST_CASE("a provider that could not be reached is asked at once when the network is back, but not twice in a breath")
{
  GrantBench bench;
  bench.ask();
  REQUIRE(bench.answer(not_sent()) == "clear, give slot, fail waiters");
  CHECK(bench.on(LinkCameUp{}) == "");
  bench.later(Seconds(2));
  CHECK(bench.on(LinkCameUp{}) == "slot");
}

TEST_CASE("a provider that refused or asked to wait is left alone when the network comes back")
{
  GrantBench bench;
  bench.ask();
  REQUIRE(bench.answer(refused("temporarily_unavailable")) == "clear, give slot, fail waiters");
  bench.later(Milliseconds(1000));
  CHECK(bench.on(LinkCameUp{}) == "");
}

}  // namespace
}  // namespace tokend::test
