#include "daemon/broker/events.hpp"

#include <algorithm>

#include "daemon/broker/account_status.hpp"
#include "daemon/broker/replies.hpp"

namespace tokend {
namespace {

constexpr Topic kAll{Topic::Kind::kEvents, 0};

// accounts: in order.
bool is_wanted(const std::vector<std::string>& accounts, const std::string& account)
{
  return accounts.empty() || std::ranges::binary_search(accounts, account);
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

void Events::subscribe(std::vector<std::string> accounts, Waiter& waiter)
{
  std::ranges::sort(accounts);
  waiters_.park(waiter, kAll);
  waiters_.limit_to(waiter, accounts);
  waiters_.answer_by_walk(waiter, [this, accounts = std::move(accounts)](Walk& walk) {
    if (auto told = next_of_snapshot(accounts, walk)) return Piece{.parameters = std::move(*told)};
    const wire::Event synced{.event = wire::EventKind::kSynced, .at = unix_seconds(loop_.wall())};
    return Piece{.parameters = json_of(synced), .ends_walk = true};
  });
}

std::optional<std::string> Events::next_of_snapshot(const std::vector<std::string>& accounts, Walk& walk) const
{
  for (Account* next = registry_.next_present(walk.told); next; next = registry_.next_present(next->name)) {
    if (!is_wanted(accounts, next->name)) continue;
    walk.told = next->name;
    return json_of(event_of(wire::EventKind::kSnapshot, status_of_(*next)));
  }
  if (walk.again.empty()) return std::nullopt;
  return tell_again(walk.again.extract(walk.again.begin()).value());
}

std::string Events::tell_again(const std::string& account) const
{
  if (Account* kept = registry_.find_present(account))
    return json_of(event_of(wire::EventKind::kSnapshot, status_of_(*kept)));
  return json_of(wire::Event{.event = wire::EventKind::kRemoved, .at = unix_seconds(loop_.wall()), .account = account});
}

void Events::send(const wire::Event& event)
{
  if (!waiters_.anyone(kAll)) return;
  const std::string json = json_of(event);
  waiters_.each(kAll, [&](Waiter& waiter) {
    if (!is_wanted(waiters_.limits_of(waiter), event.account)) return;
    Walk* walk = waiters_.walk_of(waiter);
    if (!walk) waiters_.answer(waiter, json, true);
    else if (event.account <= walk->told) walk->again.insert(event.account);
  });
}

void Events::tell_daemon(const std::optional<Error>& trouble)
{
  wire::Event event{.event = wire::EventKind::kDaemon, .at = unix_seconds(loop_.wall())};
  if (trouble) {
    event.cause = trouble->cause;
    event.reason = trouble->reason;
    event.next = trouble->next;
  }
  waiters_.answer_all(kAll, json_of(event), true);
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
