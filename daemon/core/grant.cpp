// Requests and steps: what starts an exchange and how it moves. What an answer means stands in grant_answers.cpp.
#include "daemon/core/grant.hpp"

#include <algorithm>

#include "daemon/core/refresh_policy.hpp"

namespace tokend {

GrantEffects Grant::handle(GrantEvent event, const Moment& now)
{
  effects_.clear();
  std::visit([&](auto& what) { on(what, now); }, event);
  return std::move(effects_);
}

bool Grant::may_refresh() const { return !retired_ && (holds<RefreshToken>() || holds<ClientItself>()); }

bool Grant::journaled(AttemptKind kind) const
{
  if (kind == AttemptKind::kClientCredentials) return false;
  return kind != AttemptKind::kRefresh || provider_.refresh.rotation != RotationClass::kStatic;
}

bool Grant::want(const TokenKey& key, Urgency urgency)
{
  const auto same = std::ranges::find(wanted_, key, &Wanted::key);
  if (same != wanted_.end()) same->urgency = std::min(same->urgency, urgency);
  else if (key.is_default()) wanted_.insert(wanted_.begin(), {key, urgency});
  else if (wanted_.size() < kTokensPerGrant) wanted_.push_back({key, urgency});
  else return false;
  if (Queued* queued = doing<Queued>(); queued && urgency < queued->urgency) {
    queued->urgency = urgency;
    emit(TakeSlot{urgency});
  }
  return true;
}

void Grant::queue(Attempt attempt, Urgency urgency)
{
  exchange_ = Queued{std::move(attempt), urgency};
  emit(TakeSlot{urgency});
}

void Grant::on(const TokenWanted& wanted, const Moment& now)
{
  if (!may_refresh() || doing<SetAside>()) return emit(FailWaiters{.only = {}});
  const RefusedKey* refused = refused_key(wanted.key);
  if (refused && refused->until > now.boot) return emit(FailWaiters{wanted.key});
  if (const auto until = too_soon(wanted.key, now.boot)) return put_off(wanted.key, *until, now);
  if (!want(wanted.key, wanted.urgency)) return turn_away(wanted.key, now);
  if (doing<Resting>()) return start_next(now);
  if (wanted.urgency == Urgency::kCaller && worth_another_try(now)) start_next(now);
}

void Grant::on(const TokenRefused& refused, const Moment& now)
{
  const auto token = std::ranges::find(tokens_, refused.row, &AccessToken::row);
  if (token == tokens_.end() || !may_refresh()) return;
  const TokenKey key = token->key;
  tokens_.erase(token);
  emit(ForgetToken{refused.row});
  if (InDoubt* doubt = doing<InDoubt>()) doubt->again = send_again(doubt->attempt, now);  // nothing is spared any more
  on(TokenWanted{key, Urgency::kCaller}, now);
}

void Grant::on(const RefreshOrdered& order, const Moment& now)
{
  if (!may_refresh()) return emit(FailWaiters{.only = {}});
  if (const SetAside* aside = doing<SetAside>()) return emit(ReadReplyAgain{aside->attempt});
  want(order.key, Urgency::kCaller);
  const bool throttled = trouble_ && trouble_->what == ErrorClass::kThrottle;
  if (throttled && retry_at()) return;
  if (InDoubt* doubt = doing<InDoubt>()) return queue(std::move(doubt->attempt), Urgency::kCaller);
  if (doing<Resting>() || doing<BackingOff>()) start_next(now);
}

void Grant::on(const ConsentGiven& consent, const Moment& now)
{
  poll_interval_ = consent.poll_interval;
  queue(Attempt{.kind = consent.kind, .from = generation_, .wall = now.wall}, Urgency::kCaller);
}

void Grant::start_next(const Moment& now)
{
  std::optional<Wanted> next;
  const auto ready =
      std::ranges::find_if(wanted_, [&](const Wanted& wanted) { return !too_soon(wanted.key, now.boot); });
  if (ready != wanted_.end()) next = *ready;
  else if (auto key = due(now.boot)) next = Wanted{*key, Urgency::kBackground};
  if (!next) return void(exchange_ = Resting{});
  const auto kind = holds<ClientItself>() ? AttemptKind::kClientCredentials : AttemptKind::kRefresh;
  queue(Attempt{.kind = kind, .from = generation_, .key = next->key, .wall = now.wall}, next->urgency);
}

void Grant::on(const SlotGranted& slot, const Moment& now)
{
  Queued* queued = doing<Queued>();
  if (!queued) return emit(GiveSlot{});
  Attempt attempt = std::move(queued->attempt);
  if (attempt.sends++ == 0) attempt.id = slot.fresh;
  attempt.at = now.boot;
  attempt.sent = now.wall;
  attempt.restored = false;
  const bool noted = attempt.kind == AttemptKind::kDevice && attempt.sends > 1;  // asking again spends nothing
  if (journaled(attempt.kind) && !noted) {
    emit(CommitIntent{attempt});
    exchange_ = Noting{std::move(attempt)};
  } else {
    emit(SendExchange{attempt});
    exchange_ = Asking{std::move(attempt)};
  }
}

void Grant::on(const IntentCommitted& committed, const Moment& now)
{
  if (!is_about<Noting>(committed.attempt)) return;
  Attempt attempt = std::move(doing<Noting>()->attempt);
  if (committed.outcome && !retired_) {
    attempt.at = now.boot;
    attempt.sent = now.wall;
    emit(SendExchange{attempt});
    exchange_ = Asking{std::move(attempt)};
    return;
  }
  if (attempt.kind == AttemptKind::kDevice) attempt.sends = 0;  // the next poll is the first, and is noted
  not_sent(std::move(attempt), committed.outcome ? Judgement{} : judge(committed.outcome.error()), now);
}

void Grant::on(const ReplyCommitted& committed, const Moment& now)
{
  // A disk that refuses the raw answer may still take the new credential: reading goes on either way.
  if (!is_about<Keeping>(committed.attempt)) return;
  Keeping kept = std::move(*doing<Keeping>());
  weigh(std::move(kept.attempt), std::move(kept.reply), now);
}

void Grant::on(ReplyFound& found, const Moment&)
{
  if (is_about<SetAside>(found.attempt)) keep(std::move(doing<SetAside>()->attempt), std::move(found.reply));
}

void Grant::on(GrantCommitted& committed, const Moment& now)
{
  if (is_about<Saving>(committed.attempt)) {
    Saving saving = std::move(*doing<Saving>());
    adopt(saving.attempt, saving.minted, std::move(committed.kept), now);
    if (committed.outcome || retired_) return settle(now);
    note_trouble(judge(committed.outcome.error()), now);
    exchange_ = Unsaved{std::move(saving.attempt), std::move(saving.minted), 1, now.boot + Seconds(1)};
    return emit(GiveSlot{});
  }
  if (!is_about<Unsaved>(committed.attempt)) return;
  Unsaved& unsaved = *doing<Unsaved>();
  if (committed.outcome) {
    trouble_.reset();
    return settle(now);
  }
  unsaved.again = now.boot + Seconds(std::min(60, 1 << std::min(unsaved.tries++, 6)));
}

void Grant::adopt(const Attempt& attempt, TokenResponse& minted, Kept kept, const Moment& now)
{
  generation_ = next(attempt.from);
  trouble_.reset();
  if (attempt.kind != AttemptKind::kClientCredentials) keep_credential(attempt, minted, std::move(kept.credential));
  watch_disuse(now);
  if (kept.refused_before) return withhold(attempt, kept, now);
  keep_token(attempt, minted, std::move(kept), now);
  std::erase_if(wanted_, [&](const Wanted& wanted) { return wanted.key == attempt.key; });
  std::erase_if(refused_keys_, [&](const RefusedKey& refused) { return refused.key == attempt.key; });
  emit(Publish{attempt.key});
}

void Grant::keep_credential(const Attempt& attempt, const TokenResponse& minted, SealedBytes sealed)
{
  RefreshToken* held = std::get_if<RefreshToken>(&credential_);
  if (!held && minted.refresh_token.empty()) return void(credential_ = Nothing{std::move(sealed)});
  const auto end = end_after(held ? held->end : std::nullopt, minted, attempt.sent);
  credential_ = RefreshToken{std::move(sealed), end, attempt.sent};
}

void Grant::watch_disuse(const Moment& now)
{
  disused_at_.reset();
  const RefreshToken* held = std::get_if<RefreshToken>(&credential_);
  const auto at = held ? keep_alive_at(provider_.refresh, held->issued, held->end) : std::nullopt;
  if (at) disused_at_ = now.boot + (*at - now.wall);
}

// Not the default one, which everybody asks for.
std::vector<AccessToken>::iterator Grant::oldest_of_few_callers()
{
  return std::ranges::min_element(
      tokens_, {}, [](const AccessToken& token) { return std::pair(token.key.is_default(), token.minted); });
}

void Grant::keep_token(const Attempt& attempt, const TokenResponse& minted, Kept kept, const Moment& now)
{
  AccessToken token{.key = attempt.key, .sealed = std::move(kept.access), .row = kept.token_row};
  token.type = minted.token_type;
  token.granted = minted.scopes;
  token.generation = generation_;
  token.minted = attempt.at;
  token.minted_wall = attempt.sent;
  token.restored = attempt.restored;
  token.lifetime = minted.expires_in;
  if (token.lifetime) {
    token.expires = attempt.at + *token.lifetime;
    token.refresh_at = refresh_time(provider_.refresh, *token.expires, *token.lifetime, now.jitter);
    // Whoever has waited for it gets it, however long it was under way.
    if (is_short(*token.lifetime) && !attempt.restored) token.expires = std::max(*token.expires, now.boot + Seconds(1));
  }
  std::erase_if(tokens_, [&](const AccessToken& old) {
    return old.key == attempt.key || (provider_.refresh.refresh_kills_access && old.minted < token.minted);
  });
  if (tokens_.size() >= kTokensPerGrant) tokens_.erase(oldest_of_few_callers());
  tokens_.push_back(std::move(token));
}

void Grant::settle(const Moment& now)
{
  exchange_ = Resting{};
  emit(GiveSlot{});
  if (retired_) return emit(Discard{});
  if (!may_refresh()) return;
  if (!wanted_.empty()) start_next(now);
}

void Grant::on(const ConnectionImproved&, const Moment& now)
{
  if (const SetAside* aside = doing<SetAside>()) return emit(ReadReplyAgain{aside->attempt});
  if (!doing<BackingOff>()) return;
  if (may_refresh()) start_next(now);
}

void Grant::on(const LinkCameUp&, const Moment& now)
{
  if (worth_another_try(now)) start_next(now);
}

// Backwards it could only make a token seem to live longer than it does.
void Grant::on(const ClockStepped&, const Moment& now)
{
  for (AccessToken& token : tokens_) {
    if (!token.restored || !token.expires) continue;
    token.expires = std::min(*token.expires, now.boot + (token.minted_wall + *token.lifetime - now.wall));
    token.refresh_at = refresh_time(provider_.refresh, *token.expires, *token.lifetime, now.jitter);
  }
  watch_disuse(now);
}

void Grant::on(const SaveNow&, const Moment& now)
{
  Unsaved* unsaved = doing<Unsaved>();
  if (!unsaved) return;
  unsaved->again = now.boot + Seconds(60);  // until the store answers
  emit(CommitGrant{unsaved->attempt, &unsaved->minted});
}

void Grant::on(const Retired&, const Moment&)
{
  retired_ = true;
  wanted_.clear();
  if (request_is_out()) return;
  exchange_ = Resting{};
  emit(GiveSlot{});
  emit(Discard{});
}

void Grant::on(const TimePassed&, const Moment& now)
{
  if (const Unsaved* unsaved = doing<Unsaved>()) {
    if (unsaved->again <= now.boot) on(SaveNow{}, now);
    return;
  }
  if (Polling* polling = doing<Polling>(); polling && polling->again <= now.boot)
    return queue(std::move(polling->attempt), Urgency::kCaller);
  if (InDoubt* doubt = doing<InDoubt>(); doubt && doubt->again <= now.boot)
    return queue(std::move(doubt->attempt), Urgency::kBackground);
  const BackingOff* waiting = doing<BackingOff>();
  if (doing<Resting>() || (waiting && waiting->until <= now.boot))
    if (may_refresh()) start_next(now);
}

}  // namespace tokend
