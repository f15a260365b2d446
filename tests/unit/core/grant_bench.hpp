// A grant under test, driven by hand: the bench plays broker, store and provider, and the clock moves when told to.
// Effects come back as one line of text, so that a test reads as the steps of an exchange.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "daemon/core/grant.hpp"
#include "tests/catch.hpp"

namespace tokend::test {

inline HttpOutcome grant_reply(int status, std::string body)
{
  HttpReply reply;
  reply.status = status;
  reply.body = Secret(std::move(body));
  return reply;
}
inline HttpOutcome minted(int lifetime = 3600)
{
  return grant_reply(200,
                     R"({"access_token":"at","refresh_token":"rt","expires_in":)" + std::to_string(lifetime) + "}");
}
inline HttpOutcome refused(const std::string& error) { return grant_reply(400, R"({"error":")" + error + R"("})"); }
inline HttpOutcome not_sent() { return std::unexpected(HttpFailure{HttpTrouble::kConnect, Sent::kNo}); }
inline HttpOutcome lost() { return std::unexpected(HttpFailure{HttpTrouble::kTimeout, Sent::kMaybe}); }

inline Provider grant_provider(RotationClass rotation = RotationClass::kUnknown)
{
  Provider provider;
  provider.token_endpoint = "https://auth.example/token";
  provider.refresh.rotation = rotation;
  return provider;
}

inline TokenKey key_of(std::string scope) { return TokenKey{{std::move(scope)}, {}, {}}; }

struct EffectName {
  std::string operator()(const TakeSlot& take) const
  {
    return take.urgency == Urgency::kCaller ? "slot" : "background slot";
  }
  std::string operator()(const GiveSlot&) const { return "give slot"; }
  std::string operator()(const CommitIntent&) const { return "note"; }
  std::string operator()(const SendExchange&) const { return "send"; }
  std::string operator()(const CommitReply&) const { return "keep"; }
  std::string operator()(const SetReplyAside&) const { return "set aside"; }
  std::string operator()(const ReadReplyAgain&) const { return "read again"; }
  std::string operator()(const CommitGrant&) const { return "save"; }
  std::string operator()(const ClearIntent&) const { return "clear"; }
  std::string operator()(const CommitDeath&) const { return "bury"; }
  std::string operator()(const ForgetToken&) const { return "forget token"; }
  std::string operator()(const Publish&) const { return "publish"; }
  std::string operator()(const FailWaiters& failed) const { return failed.only ? "fail these" : "fail waiters"; }
  std::string operator()(const GiveUpConsent&) const { return "give up consent"; }
  std::string operator()(const Discard&) const { return "discard"; }
};

class GrantBench {
 public:
  explicit GrantBench(Provider provider = grant_provider(), Credential held = RefreshToken{{"sealed"}, {}, {}})
      : grant(std::move(provider), std::move(held))
  {
  }

  std::string on(GrantEvent event) { return named(grant.handle(std::move(event), now)); }
  std::string restore(Grant::Restored found) { return named(grant.restore(std::move(found), now)); }

  std::string want(TokenKey key = {}, Urgency urgency = Urgency::kCaller) { return on(TokenWanted{key, urgency}); }
  std::string slot() { return on(SlotGranted{AttemptId{++last_attempt_}}); }
  std::string noted(Committed outcome = {}) { return on(IntentCommitted{attempt(), outcome}); }
  std::string answer(HttpOutcome outcome) { return on(Answered{attempt(), std::move(outcome)}); }
  std::string kept(Committed outcome = {}) { return on(ReplyCommitted{attempt(), outcome}); }
  std::string found(HttpOutcome outcome) { return on(ReplyFound{attempt(), std::move(*outcome)}); }  // set aside before
  std::string saved(Committed outcome = {})
  {
    return on(GrantCommitted{attempt(), outcome, Kept{{"credential"}, {"access"}, ++last_row_}});
  }

  // From rest to S5: a request is at the provider.
  void ask(TokenKey key = {})
  {
    REQUIRE(want(std::move(key)) == "slot");
    send();
  }
  void send()
  {
    REQUIRE(slot() == "note");
    REQUIRE(noted() == "send");
  }
  void refresh(TokenKey key = {}, int lifetime = 3600)
  {
    ask(std::move(key));
    REQUIRE(answer(minted(lifetime)) == "keep");
    REQUIRE(kept() == "save");
    REQUIRE(saved() == "publish, give slot");
  }
  // The answer to the only send is lost; the request that follows when its time has come is at the provider again.
  void lose_and_send_again()
  {
    REQUIRE(answer(lost()) == "give slot, fail waiters");
    later(until(*grant.next_wake()));
    REQUIRE(on(TimePassed{}) == "background slot");
    send();
  }

  void later(Milliseconds span)
  {
    now.boot += span;
    now.wall += std::chrono::ceil<Seconds>(span);
  }
  Milliseconds until(BootTime at) const { return at - now.boot; }
  template <class Step> bool is() const { return std::holds_alternative<Step>(grant.exchange()); }
  bool is_dead() const { return std::holds_alternative<Dead>(grant.credential()); }
  std::string cause() const { return grant.trouble() ? grant.trouble()->cause : "none"; }

  AttemptId attempt() const
  {
    return std::visit(
        [](const auto& step) {
          if constexpr (requires { step.attempt; }) return step.attempt.id;
          else return AttemptId{};
        },
        grant.exchange());
  }

  Moment now{.boot = BootTime(Seconds(5000)), .wall = WallTime(Seconds(1'800'000'000))};
  Grant grant;
  GrantEffects effects;  // of the last event

 private:
  std::string named(GrantEffects happened)
  {
    effects = std::move(happened);
    std::string names;
    for (const GrantEffect& effect : effects) names += (names.empty() ? "" : ", ") + std::visit(EffectName{}, effect);
    return names;
  }
  std::int64_t last_attempt_ = 0, last_row_ = 0;
};

}  // namespace tokend::test
