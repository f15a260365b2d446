// Accounts that log in as themselves (client credentials, RFC 6749 section 4.4): no person, no browser. What looks like
// a login is finding the token endpoint once, writing the grant down, and asking for the first token.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/tokens.hpp"
#include "daemon/broker/waiters.hpp"

namespace tokend {

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

  // From the exchanges.
  void published(GrantEntry&);
  void failed(GrantEntry&);

 private:
  void ask_metadata(AccountId, std::vector<std::string> urls_left);
  void metadata_came(AccountId, std::vector<std::string> urls_left, const HttpOutcome&);
  void make_grant(Account&, const Metadata*);
  void granted(AccountId, GrantId, Committed);
  void give_up(Account&, const Error&);

  Ports ports_;
  Registry& registry_;
  Vault& vault_;
  Exchanges& exchanges_;
  Tokens& tokens_;
  Waiters& waiters_;
  std::set<AccountId> starting_;
};

}  // namespace tokend
