// The broker: every account, grant and login of this daemon, behind the calls of io.tokend.Broker. It belongs to the
// loop's thread. No Asio, curl, sqlite3, threads or clocks: only ports, so that the simulator runs this very code.
//
// A call parks its Waiter; the answer comes from a later turn (waiter.hpp). ready() is the exception: the serving path
// answers from memory, in the caller's turn, without allocating.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/broker/account_changes.hpp"
#include "daemon/broker/ageing.hpp"
#include "daemon/broker/departures.hpp"
#include "daemon/broker/events.hpp"
#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/locking.hpp"
#include "daemon/broker/logins.hpp"
#include "daemon/broker/notices.hpp"
#include "daemon/broker/quarantine.hpp"
#include "daemon/broker/ready_reply.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/service_logins.hpp"
#include "daemon/broker/tokens.hpp"
#include "daemon/broker/trouble_reports.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/core/config.hpp"
#include "daemon/ports/link.hpp"
#include "daemon/vault/vault.hpp"
#include "proto/messages.hpp"

namespace tokend {

class Broker {
 public:
  struct Ports {
    Loop& loop;
    HttpClient& http;
    TokenStore& store;
    Redirects& redirects;
    Notifier& notifier;
    Link& link;
    Random& random;
    std::string boot_id;
  };
  struct About {  // what GetStatus says of the process
    std::int64_t pid = 0;
    std::string socket, state_dir;
  };

  Broker(Ports, Vault&, KeySource&, const Config&, About);

  std::vector<std::string> load(
      const Snapshot&, bool complete = true);  // once, before the loop runs; what could not be read, a sentence each

  const ReadyReply* ready(const wire::GetTokenCall& call) { return tokens_.ready(call); }  // nullptr: call get_token()
  void get_token(const wire::GetTokenCall&, Waiter&);

  void reject_token(const wire::RejectTokenCall&, Waiter&);

  void login(const wire::LoginCall&, Waiter&);  // a stream
  void complete_login(wire::CompleteLoginCall, Waiter&);
  void cancel_login(const wire::AccountCall&, Waiter&);

  void refresh(const wire::RefreshCall&, Waiter&);
  void logout(const wire::ForgetCall&, Waiter&);
  void add_account(wire::AddAccountCall, Waiter&);
  void update_account(wire::UpdateAccountCall, Waiter&);
  void remove_account(const wire::ForgetCall&, Waiter&);

  void get_account(const wire::AccountCall&, Waiter&);
  void list_accounts(Waiter&);  // a stream
  void lock(Waiter&);
  void unlock(const wire::UnlockCall&, Waiter&);

  void get_status(Waiter&);
  void subscribe(const wire::SubscribeCall&, Waiter&);  // a stream without end

  // For the log: an account is in trouble, or well again. Set before load().
  void on_trouble(TroubleReports::Told told) { reports_.on_told(std::move(told)); }

  // Stops: starts nothing new, calls back when no rotating request is out any more (at once, or within its deadline).
  void quiesce(std::function<void()> done);
  bool must_wait() const { return exchanges_.rotating_request_out() || !exchanges_.unsaved().empty(); }
  std::vector<std::string> unsaved_accounts();  // the disk refuses their new login: it ends with this process

 private:
  void connect();  // who tells whom
  void on_alarm();
  void rearm();  // after whatever may have moved a deadline
  Account* find_or_fail(std::string_view name, Waiter&);
  Account* find_to_use(std::string_view name, Waiter&);  // nullptr also while the vault is locked
  bool is_open_or_fail(Waiter&);
  wire::AccountStatus status_of(Account&);
  std::vector<wire::AccountStatus> all_statuses();
  std::optional<Error> daemon_trouble();
  void tell_daemon_if_changed();
  void account_changed(AccountId);
  void grant_changed(GrantEntry&);
  void grant_rested(GrantId);
  std::optional<Error> ends_waiting(Topic);  // when the process ends; none: it is about an operation, or events
  void finish_quiescing();

  Ports ports_;
  Vault& vault_;
  const Config& config_;
  About about_;
  WallTime started_;
  Outstanding outstanding_;
  Registry registry_;
  Operations operations_;
  Waiters waiters_;
  Exchanges exchanges_;
  Tokens tokens_;
  Logins logins_;
  ServiceLogins service_logins_;
  AccountChanges changes_;
  Departures departures_;
  Events events_;
  TroubleReports reports_;
  Notices notices_;
  Ageing ageing_;
  Locking locking_;
  Quarantine quarantine_;
  std::function<void()> quiesced_;
  std::string told_cause_;  // of the daemon's trouble, to subscribers
};

}  // namespace tokend
