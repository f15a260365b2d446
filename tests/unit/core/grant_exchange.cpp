// One exchange from the wish to the token: one at a time, durable before every step that cannot be taken back.
#include "tests/unit/core/grant_bench.hpp"

namespace tokend::test {
namespace {

TEST_CASE("an exchange notes, sends, keeps, saves and only then publishes")
{
  GrantBench bench;
  CHECK(bench.want() == "slot");
  CHECK(bench.slot() == "note");
  CHECK(bench.noted() == "send");
  CHECK(bench.answer(minted()) == "keep");
  CHECK(bench.kept() == "save");
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot) == nullptr);
  CHECK(bench.saved() == "publish, give slot");
  CHECK(bench.grant.generation() == Generation{1});
  REQUIRE(bench.grant.usable({}, Seconds(30), bench.now.boot) != nullptr);
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot)->sealed.bytes == "access");
}

TEST_CASE("whoever wants a token at any step of an exchange starts no second one")
{
  GrantBench bench;
  const auto nothing_starts = [&] {
    CHECK(bench.want() == "");
    CHECK(bench.want(key_of("other")) == "");
  };
  bench.want();
  nothing_starts();
  bench.slot();
  nothing_starts();
  bench.noted();
  nothing_starts();
  bench.answer(minted());
  nothing_starts();
  bench.kept();
  nothing_starts();
  CHECK(bench.saved() == "publish, give slot, slot");  // the other key's turn, once
  bench.send();
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved() == "publish, give slot");
}

TEST_CASE("the second key is asked for with the credential that the first exchange brought")
{
  GrantBench bench;
  bench.ask();
  bench.want(key_of("other"));
  bench.answer(minted());
  bench.kept();
  bench.saved();
  bench.slot();
  const auto& noting = std::get<Noting>(bench.grant.exchange());
  CHECK(noting.attempt.from == Generation{1});
  CHECK(noting.attempt.key == key_of("other"));
}

TEST_CASE("a caller moves a background refresh forward in the queue, once")
{
  GrantBench bench;
  CHECK(bench.want({}, Urgency::kBackground) == "background slot");
  CHECK(bench.want() == "slot");
  CHECK(bench.want() == "");
}

TEST_CASE("a disk that refuses the intent means that nothing is sent")
{
  GrantBench bench;
  bench.want();
  bench.slot();
  CHECK(bench.noted(std::unexpected(DiskTrouble::kFull)) == "clear, give slot, fail waiters");
  CHECK(bench.cause() == "disk_full");
  CHECK(bench.is<BackingOff>());
}

TEST_CASE("a raw answer that the disk refuses is read all the same")
{
  GrantBench bench;
  bench.ask();
  bench.answer(minted());
  CHECK(bench.kept(std::unexpected(DiskTrouble::kFull)) == "save");
}

TEST_CASE("a new credential that the disk refuses is served, and saved again without a new exchange")
{
  GrantBench bench;
  bench.ask();
  bench.answer(minted());
  bench.kept();
  CHECK(bench.saved(std::unexpected(DiskTrouble::kFull)) == "publish, give slot");
  CHECK(bench.is<Unsaved>());
  CHECK(bench.cause() == "disk_full");
  CHECK(bench.grant.usable({}, Seconds(30), bench.now.boot) != nullptr);
  CHECK(bench.want(key_of("other")) == "");
  CHECK(bench.on(RefreshOrdered{}) == "");

  CHECK(bench.on(TimePassed{}) == "");
  bench.later(Seconds(1));
  CHECK(bench.on(TimePassed{}) == "save");
  CHECK(bench.saved(std::unexpected(DiskTrouble::kFull)) == "");
  CHECK(bench.until(*bench.grant.next_wake()) == Seconds(2));
  bench.later(Seconds(2));
  CHECK(bench.on(TimePassed{}) == "save");
  CHECK(bench.saved() == "give slot, slot");  // the other key and the person have waited
  CHECK(bench.cause() == "none");
  CHECK(bench.grant.generation() == Generation{1});
}

TEST_CASE("commits of an unsaved credential are spaced 1, 2, 4 .. 60 seconds")
{
  GrantBench bench;
  bench.ask();
  bench.answer(minted());
  bench.kept();
  bench.saved(std::unexpected(DiskTrouble::kIo));
  for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60}) {
    CHECK(bench.until(*bench.grant.next_wake()) == Seconds(wait));
    bench.later(Seconds(wait));
    REQUIRE(bench.on(TimePassed{}) == "save");
    bench.saved(std::unexpected(DiskTrouble::kIo));
  }
}

TEST_CASE("an answer for another attempt is dropped at every step")
{
  GrantBench bench;
  const AttemptId old{99};
  bench.want();
  bench.slot();
  CHECK(bench.on(IntentCommitted{old, {}}) == "");
  bench.noted();
  CHECK(bench.on(Answered{old, minted()}) == "");
  bench.answer(minted());
  CHECK(bench.on(ReplyCommitted{old, {}}) == "");
  bench.kept();
  CHECK(bench.on(GrantCommitted{old, {}, {}}) == "");
  CHECK(bench.saved() == "publish, give slot");
}

TEST_CASE("a slot that comes too late is given back")
{
  GrantBench bench;
  CHECK(bench.slot() == "give slot");
}

TEST_CASE("an answer without a refresh token keeps the one there is")
{
  GrantBench bench;
  bench.ask();
  bench.answer(grant_reply(200, R"({"access_token":"at","expires_in":3600})"));
  bench.kept();
  bench.saved();
  CHECK(std::holds_alternative<RefreshToken>(bench.grant.credential()));
}

TEST_CASE("a static provider's refresh needs no journal")
{
  GrantBench bench(grant_provider(RotationClass::kStatic));
  bench.want();
  CHECK(bench.slot() == "send");
  CHECK(bench.answer(minted()) == "save");
}

TEST_CASE("client credentials are exchanged without a journal, and rotate nothing")
{
  GrantBench bench(grant_provider(), ClientItself{});
  bench.want();
  CHECK(bench.slot() == "send");
  CHECK(std::get<Asking>(bench.grant.exchange()).attempt.kind == AttemptKind::kClientCredentials);
  CHECK(bench.answer(minted()) == "save");
  CHECK(bench.saved() == "publish, give slot");
  CHECK(std::holds_alternative<ClientItself>(bench.grant.credential()));
}

TEST_CASE("client credentials are asked for again after any refusal, whatever it says")
{
  for (const char* body : {R"({"error":"invalid_grant"})", R"({"error":"invalid_client"})", "<html>", "{}"}) {
    for (const int status : {200, 400, 500}) {
      GrantBench bench(grant_provider(), ClientItself{});
      bench.want();
      bench.slot();
      CHECK(bench.answer(grant_reply(status, body)) == "give slot, fail waiters");
      CHECK(bench.is<BackingOff>());
      CHECK(std::holds_alternative<ClientItself>(bench.grant.credential()));
    }
  }
}

}  // namespace
}  // namespace tokend::test
