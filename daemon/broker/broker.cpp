// The calls. Who tells whom: broker_hooks.cpp. What is on disk at the start: loading.cpp.
#include "daemon/broker/broker.hpp"

#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_list.hpp"
#include "daemon/broker/account_status.hpp"
#include "daemon/broker/loading.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/broker/state_since.hpp"
#include "daemon/core/redirect.hpp"

namespace tokend {

Broker::Broker(Ports ports, Vault& vault, const Config& config, About about)
    : ports_(std::move(ports)),
      vault_(vault),
      config_(config),
      about_(std::move(about)),
      started_(ports_.loop.wall()),
      waiters_(ports_.loop, [this](const TokenWish& wish) { return tokens_.fetch(wish); }),
      exchanges_({ports_.loop, ports_.http, ports_.store, ports_.random, ports_.boot_id}, registry_, vault_,
                 {std::chrono::days(config_.idle_days), config_.keep_alive}),
      tokens_(ports_.loop, registry_, exchanges_, waiters_),
      logins_({ports_.loop, ports_.http, ports_.redirects, ports_.random}, registry_, exchanges_, waiters_, config_),
      service_logins_({ports_.loop, ports_.http, ports_.store}, registry_, vault_, exchanges_, tokens_, waiters_),
      changes_({ports_.loop, ports_.store}, registry_, vault_, exchanges_, waiters_, operations_, config_),
      departures_({ports_.loop, ports_.http, ports_.store}, registry_, vault_, exchanges_, tokens_, waiters_,
                  operations_),
      events_(ports_.loop, registry_, waiters_, [this](Account& account) { return status_of(account); }),
      notices_(ports_.loop, ports_.notifier),
      ageing_(ports_.loop, registry_)
{
  connect();
}

// Everything that can move a deadline passes here: the alarm is set once, after the turn's other work.
void Broker::rearm()
{
  std::optional<BootTime> earliest;
  for (const auto at : {exchanges_.next_wake(), logins_.next_wake(), service_logins_.next_wake(), tokens_.next_wake(),
                        ageing_.next_wake(), waiters_.next_deadline()})
    if (at && (!earliest || *at < *earliest)) earliest = at;
  if (earliest) ports_.loop.alarm_at(*earliest);
}

void Broker::on_alarm()
{
  while (Waiter* late = waiters_.pop_overdue(ports_.loop.now())) tokens_.overdue(*late);
  exchanges_.on_time();
  logins_.on_time();
  service_logins_.on_time();
  tokens_.on_time();
  ageing_.on_time();
  rearm();
}

void Broker::grant_changed(GrantEntry& entry)
{
  for (const AccountId id : entry.accounts) account_changed(id);
  ageing_.watch(entry);
  grant_rested(entry.id);
}

void Broker::grant_rested(GrantId id)
{
  departures_.grant_rested(id);
  finish_quiescing();
  rearm();
}

std::vector<std::string> Broker::load(const Snapshot& snapshot, bool complete)
{
  Loading loading(snapshot, complete, registry_, vault_, {ports_.loop.now(), ports_.loop.wall()});
  loading.fill();
  loading.take_up(exchanges_, ports_.store);
  for (const auto& [id, entry] : registry_.grants()) ageing_.watch(*entry);
  rearm();
  return std::move(loading).problems();
}

void Broker::account_changed(AccountId id)
{
  if (Account* account = registry_.find(id)) events_.state_may_have_changed(status_of(*account));
  rearm();
}

Account* Broker::find_or_fail(std::string_view name, Waiter& waiter)
{
  Account* account = registry_.find(name);
  if (account && !account->leaving) return account;
  waiters_.park(waiter, operations_.next());
  waiters_.fail(waiter, no_such_account(registry_, name));
  return nullptr;
}

void Broker::get_token(const wire::GetTokenCall& call, Waiter& waiter)
{
  tokens_.get(call, waiter);
  rearm();
}

void Broker::reject_token(const wire::RejectTokenCall& call, Waiter& waiter)
{
  if (Account* account = find_or_fail(call.account, waiter))
    tokens_.reject(*account, call.access_token.reveal(), waiter);
  rearm();
}

void Broker::login(const wire::LoginCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  LoginOptions options{.flow = call.flow, .scopes = call.scopes, .restart = call.restart};
  options.switch_user = call.switch_user;
  if (call.timeout) options.timeout = Seconds(*call.timeout);
  const Flow flow = options.flow.value_or(account->definition.flow);
  if (flow == Flow::kClientCredentials) service_logins_.login(*account, waiter);
  else logins_.login(*account, options, waiter);
  rearm();
}

void Broker::complete_login(wire::CompleteLoginCall call, Waiter& waiter)
{
  if (Account* account = find_or_fail(call.account, waiter))
    logins_.complete(*account, std::move(call.redirected_url), waiter);
  rearm();
}

void Broker::cancel_login(const wire::AccountCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  waiters_.park(waiter, operations_.next());
  if (!logins_.pending(account->id)) return waiters_.fail(waiter, no_login_pending(account->name));
  logins_.cancel(account->id, account->name + ": the login was cancelled");
  waiters_.answer(waiter, "{}");
  rearm();
}

void Broker::refresh(const wire::RefreshCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  std::optional<Seconds> timeout;
  if (call.timeout) timeout = Seconds(*call.timeout);
  tokens_.refresh(*account, timeout, waiter);
  rearm();
}

void Broker::logout(const wire::ForgetCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  logins_.cancel(account->id, account->name + ": it was signed out");
  departures_.begin(Departures::Kind::kLogout, *account, call.local_only, waiter);
}

void Broker::remove_account(const wire::ForgetCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  logins_.cancel(account->id, account->name + ": the account was removed");
  departures_.begin(Departures::Kind::kRemove, *account, call.local_only, waiter);
}

void Broker::add_account(wire::AddAccountCall call, Waiter& waiter) { changes_.add(std::move(call), waiter); }

void Broker::update_account(wire::UpdateAccountCall call, Waiter& waiter)
{
  if (Account* account = find_or_fail(call.account, waiter)) changes_.update(*account, std::move(call), waiter);
}

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
  status.since = unix_seconds(state_since(account, entry, status.state, now));
  return status;
}

std::vector<wire::AccountStatus> Broker::all_statuses()
{
  std::vector<wire::AccountStatus> statuses;
  for (const auto& [name, id] : registry_.by_name()) statuses.push_back(status_of(*registry_.find(id)));
  return statuses;
}

void Broker::get_account(const wire::AccountCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  waiters_.park(waiter, operations_.next());
  waiters_.answer(waiter, json_of(wire::GetAccountReply{status_of(*account)}));
}

void Broker::list_accounts(Waiter& waiter)
{
  waiters_.park(waiter, operations_.next());
  waiters_.answer_by_walk(waiter, list_of(registry_, [this](Account& account) { return status_of(account); }));
}

void Broker::get_status(Waiter& waiter)
{
  wire::DaemonStatus status{.version = TOKEND_VERSION, .pid = about_.pid, .started_at = unix_seconds(started_)};
  status.socket = about_.socket;
  status.state_dir = about_.state_dir;
  if (const auto unsaved = exchanges_.unsaved(); !unsaved.empty()) {
    const Trouble& why = *registry_.find(unsaved.front())->machine.trouble();
    status.state = wire::DaemonState::kDegraded;
    status.cause = why.cause;
    status.reason = why.sentence + ": a new refresh token could not be written, it is served from memory";
    status.next = disk_advice(why.cause, about_.state_dir);
  }
  const auto statuses = all_statuses();
  const auto needs = [](const wire::AccountStatus& one) { return one.state == wire::State::kNeedsLogin; };
  status.accounts = static_cast<std::int64_t>(statuses.size());
  status.need_login = std::ranges::count_if(statuses, needs);
  status.pending_logins = logins_.pending_count();
  waiters_.park(waiter, operations_.next());
  waiters_.answer(waiter, json_of(status));
}

void Broker::subscribe(const wire::SubscribeCall& call, Waiter& waiter)
{
  for (const std::string& name : call.accounts)
    if (!registry_.find(name)) return void(find_or_fail(name, waiter));
  events_.subscribe(call.accounts, waiter);
}

void Broker::quiesce(std::function<void()> done)
{
  exchanges_.stop();
  quiesced_ = std::move(done);
  finish_quiescing();
}

std::vector<std::string> Broker::unsaved_accounts()
{
  std::vector<std::string> names;
  for (const GrantId id : exchanges_.unsaved())
    for (const AccountId account : registry_.find(id)->accounts) names.push_back(registry_.find(account)->name);
  return names;
}

void Broker::finish_quiescing()
{
  if (!quiesced_ || exchanges_.rotating_request_out()) return;
  ports_.loop.post(std::exchange(quiesced_, nullptr));
}

}  // namespace tokend
