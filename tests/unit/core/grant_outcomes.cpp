// What an answer, or its absence, means for the credential that was spent.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

HttpOutcome with_retry_after(int status, const char* seconds)
{
  HttpOutcome reply = grant_reply(status, "{}");
  reply->fields.push_back({"retry-after", Secret(seconds)});
  return reply;
}

TEST_CASE("what the answer to a first send means")
{
  struct Case {
    const char* what;
    HttpOutcome outcome;
    const char* effects;
    const char* cause;
  };
  Case cases[] = {
      {"not sent", not_sent(), "clear, give slot, fail waiters", "network"},
      {"bad client", refused("invalid_client"), "clear, give slot, fail waiters", "bad_client"},
      {"unknown error", refused("odd"), "clear, give slot, fail waiters", "provider_error"},
      {"error in a 2xx", grant_reply(200, R"({"error":"invalid_scope"})"), "keep", "none"},
      {"429", grant_reply(429, ""), "clear, give slot, fail waiters", "rate_limited"},
      {"503 with Retry-After", with_retry_after(503, "9"), "clear, give slot, fail waiters", "provider_error"},
      {"503", grant_reply(503, ""), "give slot, fail waiters", "provider_error"},
      {"500", grant_reply(500, R"({"error":"server_error"})"), "give slot, fail waiters", "provider_error"},
      {"HTML", grant_reply(404, "<html>"), "give slot, fail waiters", "provider_error"},
      {"timeout", lost(), "give slot, fail waiters", "timed_out"},
      {"dead", refused("invalid_grant"), "bury, fail waiters, give slot", "refresh_token_revoked"},
      {"consent", refused("consent_required"), "bury, fail waiters, give slot", "consent_required"},
      {"readable", minted(), "keep", "none"},
      {"unreadable", grant_reply(200, "<html>"), "keep", "none"},
  };
  for (Case& one : cases) {
    CAPTURE(one.what);
    GrantBench bench;
    bench.ask();
    CHECK(bench.answer(std::move(one.outcome)) == one.effects);
    CHECK(bench.cause() == one.cause);
  }
}

TEST_CASE("after a lost answer only a definite one clears the intent of the credential")
{
  struct Case {
    const char* what;
    HttpOutcome outcome;
    const char* effects;
  };
  Case cases[] = {
      {"not sent", not_sent(), "give slot, fail waiters"},
      {"bad client", refused("invalid_client"), "give slot, fail waiters"},
      {"429", grant_reply(429, ""), "give slot, fail waiters"},
      {"500", grant_reply(500, ""), "give slot, fail waiters"},
      {"dead", refused("invalid_grant"), "bury, fail waiters, give slot"},
  };
  for (Case& one : cases) {
    CAPTURE(one.what);
    GrantBench bench;
    bench.ask();
    bench.lose_and_send_again();
    CHECK(bench.answer(std::move(one.outcome)) == one.effects);
    CHECK(bench.is<InDoubt>() == !bench.is_dead());
  }
}

TEST_CASE("an intent of a second send that the disk refuses leaves the doubt")
{
  GrantBench bench;
  bench.ask();
  bench.answer(lost());
  bench.later(bench.until(*bench.grant.next_wake()));
  bench.on(TimePassed{});
  bench.slot();
  CHECK(bench.noted(std::unexpected(DiskTrouble::kFull)) == "give slot, fail waiters");
  CHECK(bench.is<InDoubt>());
}

TEST_CASE("a login that ends after a lost answer ends in doubt")
{
  GrantBench bench;
  bench.ask();
  bench.lose_and_send_again();
  bench.answer(refused("invalid_grant"));
  CHECK(bench.is_dead());
  CHECK(bench.cause() == "refresh_in_doubt");
}

TEST_CASE("a repeated send keeps its attempt's name and counts")
{
  GrantBench bench;
  bench.ask();
  const AttemptId first = bench.attempt();
  bench.lose_and_send_again();
  CHECK(bench.attempt() == first);
  CHECK(std::get<Asking>(bench.grant.exchange()).attempt.sends == 2);
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved() == "publish, give slot");
  CHECK(bench.cause() == "none");
}

TEST_CASE("a provider of unknown rules is not asked again before a minute is left of the access token")
{
  GrantBench bench;
  bench.refresh();
  const BootTime expires = *bench.grant.newest({})->expires;
  bench.later(Seconds(1800));
  bench.on(RefreshOrdered{});
  bench.send();
  bench.answer(lost());
  CHECK(*bench.grant.next_wake() == expires - Seconds(60));
  bench.later(bench.until(expires) - Seconds(61));
  CHECK(bench.on(TimePassed{}) == "");
  bench.later(Seconds(1));
  CHECK(bench.on(TimePassed{}) == "background slot");
}

TEST_CASE("a person who asks ends the wait of a doubt")
{
  GrantBench bench;
  bench.refresh();
  bench.on(RefreshOrdered{});
  bench.send();
  bench.answer(lost());
  CHECK(bench.want() == "");
  CHECK(bench.on(RefreshOrdered{}) == "slot");
  bench.slot();
  CHECK(std::get<Noting>(bench.grant.exchange()).attempt.sends == 2);
}

TEST_CASE("what a person asks for while another token is in doubt is minted after it")
{
  GrantBench bench;
  bench.ask();
  bench.answer(lost());
  CHECK(bench.on(RefreshOrdered{key_of("other")}) == "slot");
  bench.send();
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved() == "publish, give slot, slot");
}

TEST_CASE("a person who asks does not skip a throttle in doubt either")
{
  GrantBench bench;
  bench.ask();
  bench.lose_and_send_again();
  bench.answer(with_retry_after(429, "600"));
  CHECK(bench.until(*bench.grant.retry_at()) == Seconds(600));
  CHECK(bench.on(RefreshOrdered{}) == "");
}

TEST_CASE("a doubt waits as long as the provider asks")
{
  GrantBench bench;
  bench.ask();
  bench.answer(with_retry_after(500, "900"));
  CHECK(bench.is<InDoubt>());
  CHECK(bench.until(*bench.grant.next_wake()) == Seconds(900));
}

TEST_CASE("an answer that cannot be read is set aside, and the token that brought it is never sent again")
{
  GrantBench bench;
  bench.ask();
  bench.answer(grant_reply(200, "<html>"));
  CHECK(bench.kept() == "set aside, give slot, fail waiters");
  CHECK(bench.is<SetAside>());
  CHECK(bench.cause() == "refresh_in_doubt");
  CHECK(bench.want() == "fail waiters");
  CHECK(bench.on(RefreshOrdered{}) == "read again");  // it is read again, nothing is sent
  CHECK(bench.grant.next_wake() == std::nullopt);
}

TEST_CASE("an error in a 2xx is weighed after it was kept")
{
  GrantBench bench;
  bench.ask();
  bench.answer(grant_reply(200, R"({"error":"temporarily_unavailable"})"));
  CHECK(bench.kept() == "clear, give slot, fail waiters");
  CHECK(bench.is<BackingOff>());
}

TEST_CASE("a dead login serves what it still has")
{
  GrantBench bench;
  bench.refresh();
  bench.on(RefreshOrdered{});
  bench.send();
  bench.answer(refused("invalid_grant"));
  CHECK(bench.is_dead());
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot) != nullptr);
}

}  // namespace
}  // namespace tokend::test
