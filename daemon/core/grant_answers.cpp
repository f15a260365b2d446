// What an answer, or its absence, means for the credential that was spent (docs/DESIGN.md, "What an attempt's outcome
// means"). The judgement of a single answer is error_rules'; here it meets what was sent before.
#include <algorithm>

#include "daemon/core/grant.hpp"
#include "daemon/core/refresh_policy.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

constexpr int kMostReadings = 2;

bool is_consent(AttemptKind kind) { return kind == AttemptKind::kCode || kind == AttemptKind::kDevice; }

bool ends_the_login(ErrorClass what) { return what == ErrorClass::kRelogin || what == ErrorClass::kConsent; }

Judgement unreadable(std::string why)
{
  Judgement judgement;
  judgement.outcome = Outcome::kAnswered;
  judgement.what = ErrorClass::kRelogin;
  judgement.cause = "refresh_in_doubt";
  judgement.sentence = std::move(why);
  return judgement;
}

// Nothing was spent for this answer: another one can be had by asking again.
Judgement lost_at_no_cost(Judgement judgement)
{
  judgement.what = ErrorClass::kTransient;
  judgement.cause = "provider_error";
  return judgement;
}

Judgement damaged() { return unreadable("the provider's answer is on the disk and does not open"); }
Judgement poisonous() { return unreadable("tokend ended each time that it read the provider's answer, which is kept"); }

}  // namespace

void Trouble::note(const Judgement& judgement, const Moment& now)
{
  what = judgement.what;
  cause = judgement.cause;
  sentence = judgement.sentence;
  error = judgement.error;
  status = judgement.status;
  last = now.wall;
  last_try = now.boot;
  ++failures;
}

void Grant::on(Answered& answered_event, const Moment& now)
{
  if (!is_about<Asking>(answered_event.attempt)) return;
  Attempt attempt = std::move(doing<Asking>()->attempt);
  attempt.answered = now.wall;
  attempt.sent = std::min(attempt.sent, now.wall);  // the clock may have gone back: the earlier end is the safe one
  // A 2xx is kept before it is read: whatever it does to the reader, the next start still has it.
  const bool success = answered_event.outcome && answered_event.outcome->status / 100 == 2;
  if (success && journaled(attempt.kind)) return keep(std::move(attempt), std::move(*answered_event.outcome));
  weigh(std::move(attempt), std::move(answered_event.outcome), now);
}

void Grant::keep(Attempt attempt, HttpReply reply)
{
  Keeping& keeping = exchange_.emplace<Keeping>(std::move(attempt), std::move(reply));
  emit(CommitReply{keeping.attempt, &keeping.reply});
}

void Grant::weigh(Attempt attempt, HttpOutcome outcome, const Moment& now)
{
  const std::string host = host_of(provider_.token_endpoint);
  const Judgement judgement = judge(outcome, {attempt.kind, host}, now.wall);
  switch (judgement.outcome) {
    case Outcome::kNotSent: return not_sent(std::move(attempt), judgement, now);
    case Outcome::kRefused: return refused(std::move(attempt), judgement, now);
    case Outcome::kInDoubt: return doubt(std::move(attempt), judgement, now);
    case Outcome::kAnswered: return read_reply(std::move(attempt), std::move(*outcome), now);
  }
}

void Grant::read_reply(Attempt attempt, HttpReply reply, const Moment& now)
{
  TokenReply read = read_token_reply(reply);
  if (TokenResponse* minted = std::get_if<TokenResponse>(&read)) {
    const bool replaceable = attempt.kind == AttemptKind::kClientCredentials || holds<RefreshToken>();
    if (!replaceable && minted->refresh_token.empty() && minted->expires_in == Seconds(1))
      minted->expires_in.reset();  // "0", some say, and mean for ever: nothing is gained by not serving it
    Saving& saving = exchange_.emplace<Saving>(std::move(attempt), std::move(*minted));
    return emit(CommitGrant{saving.attempt, &saving.minted});
  }
  const Unreadable* why = std::get_if<Unreadable>(&read);
  set_aside(std::move(attempt), std::move(reply),
            unreadable(why ? why->why : "the answer holds an error and a success at once"), now);
}

void Grant::not_sent(Attempt attempt, const Judgement& judgement, const Moment& now)
{
  if (attempt.kind == AttemptKind::kDevice) return poll_again(std::move(attempt), judgement, now);
  if (is_consent(attempt.kind)) return give_up(judgement, now);
  if (attempt.sends > 1) return doubt(std::move(attempt), judgement, now);  // an earlier one may have arrived
  if (journaled(attempt.kind)) emit(ClearIntent{std::move(attempt)});
  back_off(judgement, now);
}

void Grant::on(const MintedRefused& refused, const Moment& now)
{
  if (!is_about<Saving>(refused.attempt)) return;
  Judgement judgement;
  judgement.outcome = Outcome::kAnswered;
  judgement.what = ErrorClass::kRelogin;
  judgement.cause = "different_user";
  judgement.sentence = refused.why;
  die(std::move(doing<Saving>()->attempt), judgement, now);
}

void Grant::refused(Attempt attempt, const Judgement& judgement, const Moment& now)
{
  const bool waiting = judgement.what == ErrorClass::kPending || judgement.what == ErrorClass::kSlowDown;
  const bool device = attempt.kind == AttemptKind::kDevice;
  if (device && (waiting || judgement.what == ErrorClass::kTransient || judgement.what == ErrorClass::kThrottle))
    return poll_again(std::move(attempt), judgement, now);
  if (is_consent(attempt.kind)) return give_up(judgement, now);
  if (ends_the_login(judgement.what) && holds<RefreshToken>()) return die(std::move(attempt), judgement, now);
  if (attempt.sends > 1) return doubt(std::move(attempt), judgement, now);
  const TokenKey key = attempt.key;
  if (journaled(attempt.kind)) emit(ClearIntent{std::move(attempt)});
  if (judgement.cause == "bad_scope" && !key.is_default()) return refuse_key(key, judgement, now);
  back_off(judgement, now);
}

void Grant::poll_again(Attempt attempt, const Judgement& judgement, const Moment& now)
{
  if (retired_) return settle(now);
  if (judgement.what == ErrorClass::kSlowDown) poll_interval_ += Seconds(5);  // RFC 8628 section 3.5: for good
  if (judgement.outcome != Outcome::kRefused) poll_interval_ = std::min(poll_interval_ * 2, Seconds(60));
  const Seconds wait = std::max(poll_interval_, judgement.retry_after.value_or(Seconds(0)));
  exchange_ = Polling{std::move(attempt), poll_interval_, now.boot + wait};
  emit(GiveSlot{});
}

void Grant::doubt(Attempt attempt, const Judgement& judgement, const Moment& now)
{
  if (attempt.kind == AttemptKind::kDevice) return poll_again(std::move(attempt), judgement, now);
  if (is_consent(attempt.kind)) return give_up(judgement, now);
  if (!journaled(attempt.kind) || retired_) return back_off(judgement, now);
  note_trouble(judgement, now);
  const BootTime asked_to_wait = now.boot + judgement.retry_after.value_or(Seconds(0));
  const BootTime again = std::max(send_again(attempt, now), asked_to_wait);
  exchange_ = InDoubt{std::move(attempt), again};
  emit(GiveSlot{});
  emit(FailWaiters{.only = {}});
}

BootTime Grant::send_again(const Attempt& attempt, const Moment& now) const
{
  const AccessToken* live = usable(attempt.key, Seconds(0), now.boot);
  return send_again_at(provider_.refresh, {.sends = attempt.sends,
                                           .age = now.wall - attempt.wall,
                                           .access_expires = live ? live->expires : std::nullopt,
                                           .now = now.boot,
                                           .jitter = now.jitter});
}

void Grant::back_off(const Judgement& judgement, const Moment& now)
{
  if (retired_) return settle(now);
  note_trouble(judgement, now);
  const BackOff why{.failures = trouble_->failures,
                    .retry_after = judgement.retry_after,
                    .unreachable = is_unreachable(judgement.cause)};
  exchange_ = BackingOff{now.boot + tokend::back_off(why, now.jitter)};
  emit(GiveSlot{});
  emit(FailWaiters{.only = {}});
}

void Grant::die(Attempt attempt, const Judgement& judgement, const Moment& now)
{
  note_trouble(judgement, now);
  const bool told_late =
      attempt.sends > 1 && judgement.outcome == Outcome::kRefused;  // an earlier one may have arrived
  if (told_late) trouble_->cause = "refresh_in_doubt";
  emit(CommitDeath{std::move(attempt)});
  credential_ = Dead{judgement.what, now.wall};
  wanted_.clear();
  emit(FailWaiters{.only = {}});
  settle(now);
}

// The provider has minted something that this version does not understand. Nothing is sent any more; the answer stays
// on disk for a person who asks again, a changed definition or another version.
void Grant::set_aside(Attempt attempt, std::optional<HttpReply> reply, const Judgement& judgement, const Moment& now)
{
  if (is_consent(attempt.kind)) return give_up(judgement, now);
  if (!journaled(attempt.kind) || retired_) return back_off(lost_at_no_cost(judgement), now);
  note_trouble(judgement, now);
  wanted_.clear();
  if (reply) emit(SetReplyAside{attempt, std::move(*reply)});
  exchange_ = SetAside{std::move(attempt)};
  emit(GiveSlot{});
  emit(FailWaiters{.only = {}});
}

void Grant::give_up(const Judgement& judgement, const Moment& now)
{
  note_trouble(judgement, now);
  exchange_ = Resting{};
  emit(GiveSlot{});
  emit(GiveUpConsent{});
}

void Grant::note_trouble(const Judgement& judgement, const Moment& now)
{
  const bool goes_on = trouble_ && trouble_->what == judgement.what;
  if (!goes_on) trouble_ = Trouble{.since = now.wall};
  trouble_->note(judgement, now);
}

GrantEffects Grant::restore(Restored found, const Moment& now)
{
  effects_.clear();
  credential_ = std::move(found.credential);
  generation_ = found.generation;
  tokens_ = std::move(found.tokens);
  trouble_ = std::move(found.trouble);
  watch_disuse(now);
  if (found.attempt) take_up(std::move(*found.attempt), found, now);
  return std::move(effects_);
}

void Grant::take_up(Attempt attempt, Restored& found, const Moment& now)
{
  std::optional<HttpReply>& reply = found.reply;
  if (attempt.from != generation_) return emit(ClearIntent{std::move(attempt)});
  if (found.reply_damaged) return set_aside(std::move(attempt), std::nullopt, damaged(), now);
  if (reply && attempt.readings++ < kMostReadings) return keep(std::move(attempt), std::move(*reply));
  if (reply) return set_aside(std::move(attempt), std::move(*reply), poisonous(), now);
  Judgement lost = unreadable("the answer to the last exchange was lost when tokend stopped");
  if (is_consent(attempt.kind)) return give_up(lost, now);
  lost.outcome = Outcome::kInDoubt;
  lost.what = ErrorClass::kTransient;
  doubt(std::move(attempt), lost, now);
}

}  // namespace tokend
