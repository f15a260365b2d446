// What a grant can be asked: what it would serve, what is due, what it waits for. Nothing changes here.
#include <algorithm>

#include "daemon/core/grant.hpp"
#include "daemon/core/refresh_policy.hpp"

namespace tokend {

const AccessToken* Grant::newest(const TokenKey& key) const
{
  const auto found = std::ranges::find(tokens_, key, &AccessToken::key);
  return found == tokens_.end() ? nullptr : &*found;
}

const AccessToken* Grant::usable(const TokenKey& key, Seconds min_ttl, BootTime now) const
{
  const AccessToken* token = newest(key);
  if (!token || !token->expires) return token;
  const Seconds wanted = satisfiable_ttl(min_ttl, token->lifetime);
  return now + wanted < *token->expires ? token : nullptr;
}

bool Grant::request_is_out() const
{
  return std::holds_alternative<Noting>(exchange_) || std::holds_alternative<Asking>(exchange_) ||
         std::holds_alternative<Keeping>(exchange_) || std::holds_alternative<Saving>(exchange_);
}

std::optional<TokenKey> Grant::due(BootTime now) const
{
  if (kept_alive_ && disused_at_ && *disused_at_ <= now) return TokenKey{};
  if (idle_) return std::nullopt;
  for (const AccessToken& token : tokens_)
    if (token.refresh_at && *token.refresh_at <= now) return token.key;
  return std::nullopt;
}

std::optional<BootTime> Grant::too_soon(const TokenKey& key, BootTime now) const
{
  const AccessToken* last = newest(key);
  if (!last || !last->lifetime || !is_short(*last->lifetime)) return std::nullopt;
  const BootTime again = last->minted + kLeastDistance;
  return now < again ? std::optional(again) : std::nullopt;
}

std::optional<BootTime> Grant::earliest_wish() const
{
  std::optional<BootTime> earliest;
  for (const Wanted& wanted : wanted_) {
    const AccessToken* last = newest(wanted.key);
    const BootTime at = last ? last->minted + kLeastDistance : BootTime{};
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

std::optional<BootTime> Grant::retry_at() const
{
  if (const auto* waiting = std::get_if<BackingOff>(&exchange_)) return waiting->until;
  if (const auto* doubt = std::get_if<InDoubt>(&exchange_)) return doubt->again;
  return std::nullopt;
}

const Grant::RefusedKey* Grant::refused_key(const TokenKey& key) const
{
  const auto found = std::ranges::find(refused_keys_, key, &RefusedKey::key);
  return found == refused_keys_.end() ? nullptr : &*found;
}

const Trouble* Grant::trouble(const TokenKey& key) const
{
  const RefusedKey* refused = refused_key(key);
  return refused ? &refused->trouble : trouble();
}

std::optional<BootTime> Grant::retry_at(const TokenKey& key) const
{
  const RefusedKey* refused = refused_key(key);
  return refused ? refused->until : retry_at();
}

std::optional<BootTime> Grant::next_wake() const
{
  if (const auto* unsaved = std::get_if<Unsaved>(&exchange_)) return unsaved->again;
  if (const auto* polling = std::get_if<Polling>(&exchange_)) return polling->again;
  if (const auto waiting = retry_at()) return waiting;
  if (!std::holds_alternative<Resting>(exchange_) || !may_refresh()) return std::nullopt;
  std::optional<BootTime> earliest = earliest_wish();
  if (kept_alive_ && disused_at_) earliest = earliest ? std::min(*earliest, *disused_at_) : *disused_at_;
  if (idle_) return earliest;
  for (const AccessToken& token : tokens_)
    if (token.refresh_at && (!earliest || *token.refresh_at < *earliest)) earliest = token.refresh_at;
  return earliest;
}

bool Grant::worth_another_try(const Moment& now) const
{
  if (!std::holds_alternative<BackingOff>(exchange_) || !trouble_) return false;
  return is_unreachable(trouble_->cause) && now.boot - trouble_->last_try >= kPatienceOfCallers;
}

}  // namespace tokend
