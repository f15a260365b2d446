// Logout and RemoveAccount. In this order: a request that is out is awaited, the newest token is revoked at the
// provider (RFC 7009), then it is forgotten here. If the provider cannot be reached nothing is forgotten, unless the
// person says so (local only).
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "daemon/broker/account_record.hpp"
#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/operations.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/tokens.hpp"
#include "daemon/broker/waiters.hpp"
#include "proto/messages.hpp"

namespace tokend {

class Departures {
 public:
  struct Ports {
    Loop& loop;
    HttpClient& http;
    TokenStore& store;
  };
  enum class Kind { kLogout, kRemove };
  using Told = std::function<void(Kind, const Account&)>;

  Departures(Ports ports, Registry& registry, Vault& vault, Exchanges& exchanges, Tokens& tokens, Waiters& waiters,
             Operations& operations)
      : ports_(ports),
        registry_(registry),
        vault_(vault),
        exchanges_(exchanges),
        tokens_(tokens),
        waiters_(waiters),
        operations_(operations)
  {
  }
  void on_told(Told told) { told_ = std::move(told); }
  void on_stayed(std::function<void(Account&)> stayed) { stayed_ = std::move(stayed); }  // its removal has failed

  void begin(Kind, Account&, bool local_only, Waiter&);
  void give_up(const LostAccount&, bool local_only, Waiter&);  // removes what could not be loaded
  void row_settled(AccountId);                                 // the disk has taken or refused a change of it
  void grant_rested(GrantId);  // an exchange that was awaited has ended, or the grant is gone
  void unwanted(const GrantEntry&, const TokenResponse&);  // minted for a login that tokend refuses: revoked
  void discarding(const GrantEntry&);  // a late answer brought a newer token than the revoked one: revoked too

 private:
  struct Leaving {
    Kind kind;
    AccountId account{};
    std::optional<GrantId> grant;  // the one to leave; another login may have replaced it at the end
    std::string name;
    bool local_only = false;
    Topic operation;
    bool revoked = false;
    std::string reason = {};  // of the provider, that had ended it already
    std::string page;         // where a person can revoke by hand
  };

  std::optional<Topic> same_under_way(const Leaving&) const;  // whose end is this one's too
  void note_under_way(const Leaving&);
  void no_more_under_way(const Leaving&);
  void go_on(Leaving);
  void revoke(Leaving, const GrantEntry&);
  void revoked(Leaving, const HttpOutcome&);
  void forget(Leaving);
  static bool is_signed_in_again(const Leaving&, const Account&);
  void stay(const Leaving&, const Error& why);  // nothing was forgotten
  void commit(Leaving, Account&);
  void forgotten(const Leaving&, const std::vector<AccountId>& signed_out, Committed);
  Result<std::optional<HttpRequest>> revocation(const GrantEntry&) const;
  bool may_go(const Client&, const GrantEntry&, const std::string& url) const;  // its secret, to that place
  void given_up(const LostAccount&, bool local_only);
  std::vector<AccountId> signed_out_by(Kind, const Account&);
  Unit unit_for(const Leaving&, const std::vector<AccountId>& signed_out);

  Ports ports_;
  Registry& registry_;
  Vault& vault_;
  Exchanges& exchanges_;
  Tokens& tokens_;
  Waiters& waiters_;
  Operations& operations_;
  std::multimap<GrantId, Leaving> awaiting_;
  std::multimap<AccountId, Leaving> behind_changes_;
  std::map<GrantId, Generation> revoked_at_;
  struct UnderWay {
    std::optional<GrantId> grant;
    Topic operation;
  };
  std::map<AccountId, UnderWay> logouts_;  // their revocation is out, or comes after the exchange that is
  Told told_ = [](Kind, const Account&) {};
  std::function<void(Account&)> stayed_ = [](Account&) {};
};

}  // namespace tokend
