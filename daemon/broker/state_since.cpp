#include "daemon/broker/state_since.hpp"

#include <algorithm>

#include "daemon/broker/account_errors.hpp"

namespace tokend {
namespace {

using wire::State;

template <class T> const T* doing(const GrantEntry& entry) { return std::get_if<T>(&entry.machine.exchange()); }

std::optional<WallTime> expired_at(const GrantEntry* entry, const Now& now)
{
  const AccessToken* token = entry ? entry->machine.newest(TokenKey{}) : nullptr;
  if (!token || !token->lifetime) return std::nullopt;
  return std::min(token->minted_wall + *token->lifetime, now.wall);
}

WallTime end_of_login(const Account& account, const GrantEntry* entry, const Now& now)
{
  if (!entry && is_login_damaged(account)) return now.wall;
  if (!entry) return account.ended == LoginEnd::kNone ? account.created : account.ended_at;
  if (const Dead* dead = std::get_if<Dead>(&entry->machine.credential())) return dead->since;
  if (const SetAside* aside = doing<SetAside>(*entry)) return aside->attempt.answered;
  return expired_at(entry, now).value_or(entry->consented);
}

// Of an account that has not been looked at since the start.
WallTime before_us(const Account& account, const GrantEntry* entry, State state, const Now& now)
{
  if (state == State::kSignedOut || state == State::kNeedsLogin) return end_of_login(account, entry, now);
  if (!entry) return state == State::kIdle ? end_of_login(account, entry, now) : now.wall;
  if (state == State::kFresh) return entry->rotated;
  if (state == State::kIdle) return expired_at(entry, now).value_or(entry->rotated);
  const InDoubt* doubt = doing<InDoubt>(*entry);
  return doubt ? doubt->attempt.sent : now.wall;
}

WallTime changed_at(const Account& account, const GrantEntry* entry, State state, const Now& now)
{
  if (state == State::kNeedsLogin) return end_of_login(account, entry, now);
  const bool by_itself =
      account.standing->state == State::kFresh && (state == State::kIdle || state == State::kSigningIn);
  return by_itself ? expired_at(entry, now).value_or(now.wall) : now.wall;
}

}  // namespace

WallTime state_since(Account& account, const GrantEntry* entry, State state, const Now& now)
{
  auto& standing = account.standing;
  if (!standing) standing = Standing{state, before_us(account, entry, state, now)};
  else if (standing->state != state) standing = Standing{state, changed_at(account, entry, state, now)};
  return standing->since;
}

}  // namespace tokend
