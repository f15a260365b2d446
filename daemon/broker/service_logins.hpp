// Accounts that log in as themselves (client credentials, RFC 6749 section 4.4): no person, no browser. What looks like
// a login is finding the token endpoint once, writing the grant down, and asking for the first token. A search in vain
// is kept with the account: until its back-off is over it is the answer to all who ask.
#pragma once
#include <functional>
#include <optional>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/tokens.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/core/metadata_search.hpp"
#include "daemon/core/schedule.hpp"

namespace tokend {

// Where those wait who have asked for such a login, and the way back.
inline Topic service_login_topic(AccountId account) { return {Topic::Kind::kLoginWatcher, -number(account)}; }
inline AccountId account_of_service_login(Topic topic) { return AccountId{-topic.number}; }
inline bool is_service_login(Topic topic) { return topic.kind == Topic::Kind::kLoginWatcher && topic.number < 0; }

class ServiceLogins {
 public:
  struct Ports {
    Loop& loop;
    HttpClient& http;
    TokenStore& store;
  };

  ServiceLogins(Ports ports, Registry& registry, Vault& vault, Exchanges& exchanges, Tokens& tokens, Waiters& waiters)
      : ports_(ports), registry_(registry), vault_(vault), exchanges_(exchanges), tokens_(tokens), waiters_(waiters)
  {
  }

  void login(Account&, Waiter&);  // a stream of one: done, or the error
  void start(Account&);           // for those who wait for its token already; once at a time
  void on_changed(std::function<void(AccountId)> changed) { changed_ = std::move(changed); }

  void on_time();
  std::optional<BootTime> next_wake() const { return alarms_.earliest(); }
  void redefined(Account&);                 // what was found out about the old definition counts no more
  void left(const Account&, const Error&);  // it was signed out or removed: nobody waits for its login any more

  // From the exchanges.
  void published(GrantEntry&);
  void failed(GrantEntry&);

 private:
  struct Search {
    AccountId account{};
    std::int64_t revision = 0;  // of the definition that it is for
    MetadataSearch places;
  };

  bool backs_off(const Account&) const;
  void search(Account&);
  void ask_next(Account&, Search);
  void answered(Search, const HttpOutcome&);
  void make_grant(Account&, const Metadata*);
  void granted(AccountId, GrantId, Committed);
  void give_up(Account&, const Error&);  // nothing to do with the provider: the next who asks tries again
  void in_vain(Account&, const Error&);
  void fail_impatient(Account&);
  void forget_failure(Account&);

  Ports ports_;
  Registry& registry_;
  Vault& vault_;
  Exchanges& exchanges_;
  Tokens& tokens_;
  Waiters& waiters_;
  Alarms alarms_;  // when a search in vain may be repeated
  std::function<void(AccountId)> changed_ = [](AccountId) {};
};

}  // namespace tokend
