// What the broker knows, in memory: accounts, the registrations (clients) and the grants they point to. Lookups and
// links, nothing else: no effect is performed here, and nothing here is a secret in the clear but a cached reply.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/broker/account_record.hpp"
#include "daemon/broker/grant_record.hpp"
#include "daemon/broker/ready_reply.hpp"
#include "daemon/core/definition.hpp"
#include "daemon/core/grant.hpp"
#include "daemon/core/rate_limit.hpp"
#include "daemon/vault/binding.hpp"
#include "proto/messages.hpp"

namespace tokend {

struct Client {
  ClientId id{};
  std::string issuer, client_id;
  SealedBytes secret;  // empty: a public client
};

struct RefusedValue {  // an access token that an API has refused: by its fingerprint, the newest of its key
  TokenKey key;
  std::string print;
};

struct GrantEntry {
  GrantId id{};
  ClientId client{};
  GrantRecord record;  // what is sealed with the credential, without the credential
  Binding binding;
  WallTime consented{}, rotated{};
  bool had_account = false;      // false: minted for a login that was cancelled
  std::set<AccountId> accounts;  // that point here
  std::vector<RefusedValue> refused = {};
  Grant machine;
};

struct CachedReply {
  TokenKey key;
  ReadyReply reply;
};

// Why an account that logs in as itself has no grant yet: its provider's metadata could not be had.
struct SearchFailure {
  Trouble trouble;
  BootTime again{};  // before that nobody is asked
};

struct FailedLogin {  // of this process: it is not written down
  std::string sentence;
  WallTime at;
};

struct Standing {
  wire::State state;
  WallTime since;
};

struct Account {
  AccountId id{};
  std::string name;
  std::int64_t revision = 1;  // of the sealed record
  AccountDefinition definition;
  // Where the first discovery since the client secret was entered has found endpoints: it goes nowhere else.
  std::vector<std::string> fixed_origins = {};
  SealedBytes sealed;  // an AccountRecord
  std::optional<ClientId> client;
  std::optional<GrantId> grant;
  std::optional<GrantId> unreadable_grant;  // on disk, and not to be lost: this version could not load it
  bool changing = false;                    // another row of it is on its way to the disk
  bool leaving = false;                     // its removal is on its way to the disk
  bool searching = false;                   // it logs in as itself, and its first grant is being made
  std::optional<SearchFailure> search_failure;
  std::optional<FailedLogin> failed_login;  // if the last one did
  LoginEnd ended = LoginEnd::kNone;         // why there is no grant, if there is none
  WallTime ended_at{};                      // and since when
  std::optional<Standing> standing;         // as it was derived last; see state_since.hpp
  WallTime created{};
  std::optional<WallTime> last_used;
  bool used_since_start = false;  // else last_used is a day: no more is written down
  std::vector<CachedReply> replies;
  RateLimit rejections{3, Seconds(60)};  // reports of refused tokens: each may cost a refresh
};

class Registry {
 public:
  Account* find(std::string_view name);
  Account* find_present(std::string_view name);  // none whose removal is on its way
  Account* next_present(std::string_view name);  // the first behind it, in order
  Account* find(AccountId);
  GrantEntry* find(GrantId);
  Client* find(ClientId);
  GrantEntry* grant_of(const Account&);
  std::optional<GrantId> sole_grant(const Account&);  // on disk, readable or not: it goes when this account leaves it

  Account& add(Account);
  GrantEntry& add(GrantEntry);
  Client& add(Client);
  void remove(AccountId);
  void remove(GrantId);
  void remove(ClientId);
  void point(Account&, std::optional<GrantId>);  // keeps GrantEntry::accounts in step, drops cached replies

  AccountId next_account_id() { return AccountId{++last_account_}; }
  GrantId next_grant_id() { return GrantId{++last_grant_}; }
  ClientId next_client_id() { return ClientId{++last_client_}; }
  std::int64_t next_token_row() { return ++last_token_; }
  void continue_after(const HighestIds&);  // an id is never given twice, whatever became of its row

  // An account whose row could not be loaded: nobody is served by it, and nobody takes its place.
  void keep(LostAccount lost) { lost_[lost.name] = std::move(lost); }
  void give_up_lost(const std::string& name) { lost_.erase(name); }
  const LostAccount* find_lost(std::string_view name) const;

  const std::map<std::string, AccountId, std::less<>>& by_name() const { return names_; }
  std::map<GrantId, std::unique_ptr<GrantEntry>>& grants() { return grants_; }

 private:
  void link(Account&);
  bool is_anothers_too(GrantId unreadable, const Account&) const;

  std::map<std::string, AccountId, std::less<>> names_;
  std::map<std::string, LostAccount, std::less<>> lost_;
  std::unordered_map<AccountId, std::unique_ptr<Account>> accounts_;
  std::map<GrantId, std::unique_ptr<GrantEntry>> grants_;
  std::map<ClientId, Client> clients_;
  std::int64_t last_account_ = 0, last_grant_ = 0, last_client_ = 0, last_token_ = 0;
};

}  // namespace tokend
