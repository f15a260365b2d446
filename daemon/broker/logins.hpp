// Runs logins: performs what core/login decides, shares redirect ports, and tells the starter and the watchers.
// At most 8 are pending, one per account; at most 32 that are over hold their port. The exchange at the end belongs to
// a new grant (exchanges).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/core/config.hpp"
#include "daemon/core/login.hpp"
#include "daemon/core/schedule.hpp"
#include "daemon/ports/redirects.hpp"

namespace tokend {

struct LoginOptions {
  std::optional<Flow> flow;         // none: the definition's
  std::vector<std::string> scopes;  // empty: the definition's
  bool restart = false, switch_user = false;
  std::optional<Seconds> timeout;
};

class Logins {
 public:
  static constexpr int kMostPending = 8;
  static constexpr int kMostOver = 32;  // that still hold a port or a page

  struct Ports {
    Loop& loop;
    HttpClient& http;
    Redirects& redirects;
    Random& random;
  };
  using Changed = std::function<void(AccountId)>;

  Logins(Ports, Registry&, Exchanges&, Waiters&, const Config&);
  void on_changed(Changed changed) { changed_ = std::move(changed); }
  void on_rearm(std::function<void()> rearm) { rearm_ = std::move(rearm); }  // next_wake() may have moved

  // Starts one for this waiter, or parks it as a watcher of the pending one.
  void login(Account&, const LoginOptions&, Waiter&);
  void complete(Account&, Secret redirected_url, Waiter&);  // answered at once
  void cancel(AccountId, const std::string& why);           // nothing, if none is pending
  void cancel_all(const std::string& why);
  bool pending(AccountId account) const { return by_account_.contains(account); }
  int pending_count() const { return static_cast<int>(by_account_.size()); }
  std::optional<AccountId> account_of(Topic) const;  // whose login is waited for there
  std::string redirect_uri(AccountId) const;         // of the pending one; empty: none or a device code

  void on_time();
  std::optional<BootTime> next_wake() const { return alarms_.earliest(); }

  // From the exchanges.
  void consent_saved(GrantEntry&);
  void consent_failed(GrantId, const Trouble&);
  void consent_refused(GrantId, const ConsentRefused&);

 private:
  using Id = std::int64_t;
  struct Running {
    Id id = 0;
    AccountId account{};
    Login machine;
    bool switch_user = false;
    std::optional<GrantId> grant;              // that exchanges its consent
    std::optional<HttpId> asked;               // a question at the provider that is out
    std::optional<std::string> starters_last;  // what the starter was told last
    std::map<login::BrowserId, AnswerBrowser> browsers;
  };

  void start(Account&, const LoginOptions&, Waiter&);
  void feed(Running&, login::Event);  // the login may be gone afterwards
  void perform(Running&, login::FetchMetadata&);
  void perform(Running&, login::OpenRedirect&);
  void perform(Running&, login::CloseRedirect&);
  void perform(Running&, login::AskDevice&);
  void perform(Running&, login::Tell&);
  void perform(Running&, login::Exchange&);
  void perform(Running&, login::AbandonExchange&);
  void perform(Running&, login::AnswerPage&);
  void perform(Running&, login::AnswerPaste&);
  void perform(Running&, login::Finish&);
  std::string hint_at_end(AccountId);  // of a login that is done
  void note_end(AccountId, const Result<std::string>& outcome);
  void perform(Running&, login::Discard&);

  void refuse_device(Running&, const Error& why);
  void browser_came(BrowserRequest, AnswerBrowser);
  void ask(Running&, HttpRequest, std::function<login::Event(HttpOutcome)>);
  void let_go_of_oldest();
  Running* find(Id);
  Running* of_grant(GrantId);
  Running* pending_of(AccountId);

  Ports ports_;
  Registry& registry_;
  Exchanges& exchanges_;
  Waiters& waiters_;
  const Config& config_;
  Changed changed_ = [](AccountId) {};
  std::function<void()> rearm_ = [] {};
  Alarms alarms_;
  std::map<Id, std::unique_ptr<Running>> running_;  // pending ones, and those whose page or port is still held
  std::map<AccountId, Id> by_account_;              // pending ones
  std::optional<Result<void>> paste_outcome_;       // of the complete() being handled
  std::uint64_t last_browser_ = 0;
  Id last_id_ = 0;
};

}  // namespace tokend
