// What the broker says of itself and of its accounts: asked at every question, never stored.
#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_status.hpp"
#include "daemon/broker/broker.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/broker/state_since.hpp"
#include "daemon/core/redirect.hpp"

namespace tokend {

wire::AccountStatus Broker::status_of(Account& account)
{
  LoginView login{.pending = logins_.pending(account.id), .redirect_uri = logins_.redirect_uri(account.id)};
  if (login.redirect_uri.empty() && account.definition.flow == Flow::kCode)
    if (const auto redirect = redirect_uri_of(account.definition, config_.redirect_port))
      login.redirect_uri = redirect->text;
  const Client* client = account.client ? registry_.find(*account.client) : nullptr;
  const Now now{ports_.loop.now(), ports_.loop.wall()};
  const GrantEntry* entry = registry_.grant_of(account);
  auto status = tokend::status_of(account, entry, client, login, now);
  if (!locking_.open()) status.usable = false;
  status.since = unix_seconds(state_since(account, entry, status.state, now));
  return status;
}

std::vector<wire::AccountStatus> Broker::all_statuses()
{
  std::vector<wire::AccountStatus> statuses;
  for (Account* next = registry_.next_present(""); next; next = registry_.next_present(next->name))
    statuses.push_back(status_of(*next));
  return statuses;
}

// What keeps the daemon from being as it should.
std::optional<Error> Broker::daemon_trouble()
{
  if (!locking_.open()) return Locking::locked();
  const auto unsaved = exchanges_.unsaved();
  if (unsaved.empty()) return std::nullopt;
  const Trouble& why = *registry_.find(unsaved.front())->machine.trouble();
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = why.cause};
  error.reason = why.sentence + ": a new refresh token could not be written, it is served from memory";
  error.next = disk_advice(why.cause, about_.state_dir);
  return error;
}

void Broker::tell_daemon_if_changed()
{
  const auto trouble = daemon_trouble();
  const std::string cause = trouble ? trouble->cause : "";
  if (std::exchange(told_cause_, cause) != cause) events_.tell_daemon(trouble);
}

void Broker::get_status(Waiter& waiter)
{
  wire::DaemonStatus status{.version = TOKEND_VERSION, .pid = about_.pid, .started_at = unix_seconds(started_)};
  status.socket = about_.socket;
  status.state_dir = about_.state_dir;
  if (const auto trouble = daemon_trouble()) {
    status.state = locking_.open() ? wire::DaemonState::kDegraded : wire::DaemonState::kLocked;
    status.cause = trouble->cause;
    status.reason = trouble->reason;
    status.next = trouble->next;
  }
  const auto statuses = all_statuses();
  const auto needs = [](const wire::AccountStatus& one) { return one.state == wire::State::kNeedsLogin; };
  status.accounts = static_cast<std::int64_t>(statuses.size());
  status.need_login = std::ranges::count_if(statuses, needs);
  status.pending_logins = logins_.pending_count();
  waiters_.park(waiter, operations_.next());
  waiters_.answer(waiter, json_of(status));
}

std::vector<std::string> Broker::unsaved_accounts()
{
  std::vector<std::string> names;
  for (const GrantId id : exchanges_.unsaved())
    for (const AccountId account : registry_.find(id)->accounts) names.push_back(registry_.find(account)->name);
  return names;
}

}  // namespace tokend
