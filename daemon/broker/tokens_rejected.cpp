// Access tokens that an API has refused. Only the one in use counts, each value once, and a few reports in a row: a
// program that takes every error for a bad token costs its provider no more than that.
#include <fmt/format.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/broker/tokens.hpp"

namespace tokend {
namespace {

Error too_many_reports(const Account& account, Milliseconds wait)
{
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = "rate_limited", .account = account.name};
  const auto seconds = std::chrono::ceil<Seconds>(wait);
  error.retry_after = seconds.count();
  error.reason = fmt::format("{}: too many of its tokens were reported as refused; the next report counts in {} s",
                             account.name, seconds.count());
  error.next = fmt::format("tokenctl status {}", account.name);
  return error;
}

}  // namespace

const AccessToken* Tokens::in_use(const GrantEntry& entry, std::string_view value) const
{
  for (const AccessToken& token : entry.machine.tokens()) {
    const auto held = exchanges_.access_token_of(entry, token);
    if (held && constant_time_equal(held->reveal(), value)) return &token;
  }
  return nullptr;
}

std::optional<Error> Tokens::take_back(Account& account, GrantEntry& entry, std::string_view refused_value)
{
  const AccessToken* token = in_use(entry, refused_value);
  if (!token) return std::nullopt;
  if (!entry.machine.may_refresh()) return needs_login(account, entry.machine.trouble());
  if (const auto wait = account.rejections.refuse(loop_.now())) return too_many_reports(account, *wait);
  for (const AccountId id : entry.accounts)
    std::erase_if(registry_.find(id)->replies, [&](const CachedReply& cached) { return cached.key == token->key; });
  exchanges_.note_refused(entry, *token);
  exchanges_.feed(entry, TokenRefused{token->row});
  told_rejected_(account);
  return std::nullopt;
}

void Tokens::reject(Account& account, std::string_view value, Waiter& waiter)
{
  GrantEntry* entry = registry_.grant_of(account);
  const AccessToken* token = entry ? in_use(*entry, value) : nullptr;
  TokenWish wish{.account = account.id, .key = {}, .min_ttl = Seconds(0), .told = Told::kReplaced};
  if (token) wish.key = token->key;
  waiters_.park(waiter, std::move(wish), loop_.now() + kDefaultTimeout);
  if (!token) {
    const bool newer = entry && entry->machine.usable({}, Seconds(0), loop_.now());
    return waiters_.answer(waiter, json_of(wire::RejectTokenReply{.current = false, .refreshed = newer}));
  }
  if (!entry->machine.may_refresh())
    return waiters_.answer(waiter, json_of(wire::RejectTokenReply{.current = true, .refreshed = false}));
  if (auto error = take_back(account, *entry, value)) return waiters_.fail(waiter, std::move(*error));
  stop_waiting_in_trouble(account, *entry, waiter);
}

}  // namespace tokend
