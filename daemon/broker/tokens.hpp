// Gives out access tokens: at once when there is one that lives long enough, after a refresh otherwise.
// ready() is the serving path: it reads memory and allocates nothing. Everything else may take its time.
#pragma once
#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/waiters.hpp"
#include "proto/messages.hpp"

namespace tokend {

class Tokens {
 public:
  static constexpr Seconds kDefaultTimeout{30};
  static constexpr Seconds kReplyKept{600};  // unused, then it is sealed again

  using StartService = std::function<void(Account&)>;
  using ToldWish = std::function<void(const Account&, const Error& obstacle, const Waiter&)>;

  Tokens(Loop& loop, Registry& registry, Exchanges& exchanges, Waiters& waiters)
      : loop_(loop), registry_(registry), exchanges_(exchanges), waiters_(waiters)
  {
  }
  void on_rearm(std::function<void()> rearm) { rearm_ = std::move(rearm); }  // next_wake() may have moved
  void on_rejected(std::function<void(const Account&)> told) { told_rejected_ = std::move(told); }
  void on_wish(ToldWish told) { told_wish_ = std::move(told); }                       // somebody waits for a person
  void on_service_account(StartService start) { start_service_ = std::move(start); }  // it needs nobody's consent

  // nullptr: call get(). The reply holds until the next call into the broker.
  const ReadyReply* ready(const wire::GetTokenCall&);
  void get(const wire::GetTokenCall&, Waiter&);
  void refresh(Account&, std::optional<Seconds> timeout, Waiter&);  // a person asks; answered with the new expiry
  void reject(Account&, std::string_view value, Waiter&);           // an API has refused it; answered when replaced

  // From the exchanges.
  void published(GrantEntry&, const TokenKey&);
  void failed(GrantEntry&, const TokenKey* only);  // nullptr: every wish
  void gone(Account&, const Error&);               // signed out or removed: nobody waits for it any more

  // While held nobody is answered with a token, and nothing is left that was made for answers; who has a timeout of
  // its own goes on waiting.
  void hold(const Error& why);
  void go_on();

  void overdue(Waiter&);  // its deadline has passed
  Result<Waiters::Fetched> fetch(const TokenWish&);
  void on_time();
  std::optional<BootTime> next_wake() const { return reply_ends_.earliest(); }

 private:
  void note_first_use_today(Account&);
  void serve(Account&, Waiter&);
  const AccessToken* in_use(const GrantEntry&, std::string_view value) const;
  std::optional<Error> take_back(Account&, GrantEntry&, std::string_view refused_value);  // why it stays, if it does
  void stop_waiting_in_trouble(Account&, const GrantEntry&, Waiter&);
  void settle(Account&, Waiter&);  // no refresh will help this waiter now
  void settle_impatient(Account&, const Grant&, const TokenKey* only);
  ReadyReply& cached(Account&, const GrantEntry&, const AccessToken&, const Secret& value);

  Loop& loop_;
  Registry& registry_;
  Exchanges& exchanges_;
  Waiters& waiters_;
  Alarms reply_ends_;  // by account
  std::optional<Error> held_;
  StartService start_service_;
  ToldWish told_wish_ = [](const Account&, const Error&, const Waiter&) {};
  std::function<void(const Account&)> told_rejected_ = [](const Account&) {};
  std::function<void()> rearm_ = [] {};
};

}  // namespace tokend
