// The calls. Who tells whom: broker_hooks.cpp. What is on disk at the start: loading.cpp.
#include "daemon/broker/broker.hpp"

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_list.hpp"
#include "daemon/broker/loading.hpp"
#include "daemon/broker/replies.hpp"

namespace tokend {
namespace {

bool is_service(Flow flow) { return flow == Flow::kClientCredentials; }

}  // namespace

Broker::Broker(Ports ports, Vault& vault, KeySource& keys, const Config& config, About about)
    : ports_(std::move(ports)),
      vault_(vault),
      config_(config),
      about_(std::move(about)),
      started_(ports_.loop.wall()),
      outstanding_(ports_.loop, ports_.http, ports_.store),
      waiters_(ports_.loop, [this](const TokenWish& wish) { return tokens_.fetch(wish); }),
      exchanges_({outstanding_.loop(), outstanding_.http(), outstanding_.store(), ports_.random, ports_.boot_id},
                 registry_, vault_, {std::chrono::days(config_.idle_days), config_.keep_alive}),
      tokens_(ports_.loop, registry_, exchanges_, waiters_),
      logins_({outstanding_.loop(), outstanding_.http(), ports_.redirects, ports_.random}, registry_, exchanges_,
              waiters_, config_),
      service_logins_({outstanding_.loop(), outstanding_.http(), outstanding_.store()}, registry_, vault_, exchanges_,
                      tokens_, waiters_),
      changes_({ports_.loop, outstanding_.store()}, registry_, vault_, exchanges_, waiters_, operations_, config_),
      departures_({ports_.loop, outstanding_.http(), outstanding_.store()}, registry_, vault_, exchanges_, tokens_,
                  waiters_, operations_),
      events_(ports_.loop, registry_, waiters_, [this](Account& account) { return status_of(account); }),
      notices_(ports_.loop, ports_.notifier),
      ageing_(ports_.loop, registry_),
      locking_(vault_, keys, exchanges_, outstanding_, waiters_, operations_),
      quarantine_(ports_.loop, ports_.store)
{
  connect();
}

// Everything that can move a deadline passes here: the alarm is set once, after the turn's other work.
void Broker::rearm()
{
  BootTime earliest = quarantine_.next_wake();
  const auto consider = [&](std::optional<BootTime> at) {
    if (at) earliest = std::min(earliest, *at);
  };
  consider(waiters_.next_deadline());
  consider(tokens_.next_wake());
  if (locking_.open())
    for (const auto at :
         {exchanges_.next_wake(), logins_.next_wake(), service_logins_.next_wake(), ageing_.next_wake()})
      consider(at);
  ports_.loop.alarm_at(earliest);
}

void Broker::on_alarm()
{
  while (Waiter* late = waiters_.pop_overdue(ports_.loop.now())) tokens_.overdue(*late);
  tokens_.on_time();
  if (locking_.open()) {
    exchanges_.on_time();
    logins_.on_time();
    service_logins_.on_time();
    ageing_.on_time();
  }
  quarantine_.on_time();
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
  tell_daemon_if_changed();
  rearm();
}

std::vector<std::string> Broker::load(const Snapshot& snapshot, bool complete)
{
  Loading loading(snapshot, complete, registry_, vault_,
                  {.now = {ports_.loop.now(), ports_.loop.wall()}, .boot_id = ports_.boot_id});
  loading.fill();
  loading.take_up(exchanges_, ports_.store);
  for (const auto& [id, entry] : registry_.grants()) ageing_.watch(*entry);
  rearm();
  return std::move(loading).problems();
}

void Broker::account_changed(AccountId id)
{
  Account* account = registry_.find(id);
  const GrantEntry* entry = account ? registry_.grant_of(*account) : nullptr;
  // A login that is being adopted has no token yet: its grant tells how it is when it has.
  if (account && !(entry && entry->machine.pending())) {
    const wire::AccountStatus status = status_of(*account);
    events_.state_may_have_changed(status);
    reports_.look_at(status);
  }
  rearm();
}

Account* Broker::find_or_fail(std::string_view name, Waiter& waiter)
{
  if (Account* account = registry_.find_present(name)) return account;
  waiters_.park(waiter, operations_.next());
  waiters_.fail(waiter, no_such_account(registry_, name));
  return nullptr;
}

bool Broker::is_open_or_fail(Waiter& waiter)
{
  if (locking_.open()) return true;
  waiters_.park(waiter, operations_.next());
  waiters_.fail(waiter, Locking::locked());
  return false;
}

Account* Broker::find_to_use(std::string_view name, Waiter& waiter)
{
  return is_open_or_fail(waiter) ? find_or_fail(name, waiter) : nullptr;
}

void Broker::lock(Waiter& waiter) { locking_.lock(waiter); }

void Broker::unlock(const wire::UnlockCall& call, Waiter& waiter)
{
  if (!call.passphrase) return locking_.unlock(waiter);
  Error error{.code = ErrorCode::kInvalidParameter, .reason = "no key slot of this vault takes a passphrase"};
  error.subject = "passphrase";
  waiters_.park(waiter, operations_.next());
  waiters_.fail(waiter, std::move(error));
}

void Broker::get_token(const wire::GetTokenCall& call, Waiter& waiter)
{
  tokens_.get(call, waiter);
  rearm();
}

void Broker::reject_token(const wire::RejectTokenCall& call, Waiter& waiter)
{
  if (Account* account = find_to_use(call.account, waiter))
    tokens_.reject(*account, call.access_token.reveal(), waiter);
  rearm();
}

void Broker::login(const wire::LoginCall& call, Waiter& waiter)
{
  Account* account = find_to_use(call.account, waiter);
  if (!account) return;
  LoginOptions options{.flow = call.flow, .scopes = call.scopes, .restart = call.restart};
  options.switch_user = call.switch_user;
  if (call.timeout) options.timeout = Seconds(*call.timeout);
  const Flow flow = options.flow.value_or(account->definition.flow);
  if (is_service(flow) != is_service(account->definition.flow)) {
    waiters_.park(waiter, operations_.next());
    return waiters_.fail(waiter, anothers_flow(*account));
  }
  if (is_service(flow)) service_logins_.login(*account, waiter);
  else logins_.login(*account, options, waiter);
  rearm();
}

void Broker::complete_login(wire::CompleteLoginCall call, Waiter& waiter)
{
  if (Account* account = find_to_use(call.account, waiter))
    logins_.complete(*account, std::move(call.redirected_url), waiter);
  rearm();
}

void Broker::cancel_login(const wire::AccountCall& call, Waiter& waiter)
{
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  waiters_.park(waiter, operations_.next());
  logins_.cancel(account->id, account->name + ": the login was cancelled");
  waiters_.answer(waiter, "{}");
  rearm();
}

void Broker::refresh(const wire::RefreshCall& call, Waiter& waiter)
{
  Account* account = find_to_use(call.account, waiter);
  if (!account) return;
  std::optional<Seconds> timeout;
  if (call.timeout) timeout = Seconds(*call.timeout);
  tokens_.refresh(*account, timeout, waiter);
  rearm();
}

void Broker::logout(const wire::ForgetCall& call, Waiter& waiter)
{
  Account* account = find_to_use(call.account, waiter);
  if (!account) return;
  logins_.cancel(account->id, account->name + ": it was signed out");
  departures_.begin(Departures::Kind::kLogout, *account, call.local_only, waiter);
}

void Broker::remove_account(const wire::ForgetCall& call, Waiter& waiter)
{
  if (!is_open_or_fail(waiter)) return;
  if (const LostAccount* lost = registry_.find_lost(call.account))
    return departures_.give_up(*lost, call.local_only, waiter);
  Account* account = find_or_fail(call.account, waiter);
  if (!account) return;
  logins_.cancel(account->id, account->name + ": the account was removed");
  departures_.begin(Departures::Kind::kRemove, *account, call.local_only, waiter);
}

void Broker::add_account(wire::AddAccountCall call, Waiter& waiter)
{
  if (is_open_or_fail(waiter)) changes_.add(std::move(call), waiter);
}

void Broker::update_account(wire::UpdateAccountCall call, Waiter& waiter)
{
  if (Account* account = find_to_use(call.account, waiter)) changes_.update(*account, std::move(call), waiter);
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

void Broker::subscribe(const wire::SubscribeCall& call, Waiter& waiter)
{
  for (const std::string& name : call.accounts)
    if (!registry_.find_present(name)) return void(find_or_fail(name, waiter));
  events_.subscribe(call.accounts, waiter);
}

void Broker::quiesce(std::function<void()> done)
{
  locking_.stop();
  exchanges_.stop();
  quiesced_ = std::move(done);
  finish_quiescing();
}

// Operations end soon by themselves, and would be called undone although they are not.
std::optional<Error> Broker::ends_waiting(Topic topic)
{
  if (topic.kind == Topic::Kind::kEvents || topic.kind == Topic::Kind::kOperation) return std::nullopt;
  std::optional<AccountId> account = logins_.account_of(topic);
  if (topic.kind == Topic::Kind::kToken) account = AccountId{topic.number};
  else if (is_service_login(topic)) account = account_of_service_login(topic);
  return stopping(account ? registry_.find(*account) : nullptr);
}

void Broker::finish_quiescing()
{
  if (!quiesced_ || exchanges_.rotating_request_out()) return;
  waiters_.close([this](Topic topic) { return ends_waiting(topic); });
  ports_.loop.post(std::exchange(quiesced_, nullptr));
}

}  // namespace tokend
