#include "daemon/broker/events.hpp"

#include <algorithm>

#include "daemon/broker/account_status.hpp"
#include "daemon/broker/replies.hpp"

namespace tokend {
namespace {

constexpr Topic kAll{Topic::Kind::kEvents, 0};

bool is_wanted(const std::vector<std::string>& accounts, const std::string& account)
{
  return accounts.empty() || std::ranges::find(accounts, account) != accounts.end();
}

}  // namespace

wire::Event Events::event_of(wire::EventKind kind, const wire::AccountStatus& status) const
{
  wire::Event event{.event = kind, .at = unix_seconds(loop_.wall()), .account = status.account};
  event.state = status.state;
  event.cause = status.cause;
  event.reason = status.reason;
  event.next = status.next;
  event.expires_at = status.expires_at;
  return event;
}

void Events::subscribe(const std::vector<std::string>& accounts, const std::vector<wire::AccountStatus>& now,
                       Waiter& waiter)
{
  waiters_.park(waiter, kAll);
  waiters_.limit_to(waiter, accounts);
  for (const wire::AccountStatus& status : now)
    if (is_wanted(accounts, status.account))
      waiters_.answer(waiter, json_of(event_of(wire::EventKind::kSnapshot, status)), true);
  const wire::Event synced{.event = wire::EventKind::kSynced, .at = unix_seconds(loop_.wall())};
  waiters_.answer(waiter, json_of(synced), true);
}

void Events::send(const wire::Event& event)
{
  if (!waiters_.anyone(kAll)) return;
  const std::string json = json_of(event);
  waiters_.each(kAll, [&](Waiter& waiter) {
    if (is_wanted(waiters_.limits_of(waiter), event.account)) waiters_.answer(waiter, json, true);
  });
}

void Events::tell(wire::EventKind kind, const wire::AccountStatus& status)
{
  send(event_of(kind, status));
  if (kind == wire::EventKind::kAdded) last_[status.account] = {status.state, status.cause};
}

void Events::state_may_have_changed(const wire::AccountStatus& status)
{
  const Seen seen{status.state, status.cause};
  const auto [last, first] = last_.try_emplace(status.account, seen);
  if (first || last->second == seen) return;
  last->second = seen;
  send(event_of(wire::EventKind::kState, status));
}

}  // namespace tokend
