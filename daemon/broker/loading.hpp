// From the rows of a store to a registry, at the start. A row that does not open is left where it is and reported; the
// others are served. Exchanges that a crash has cut are handed to their grants as they were found.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/vault/vault.hpp"

namespace tokend {

class Loading {
 public:
  struct Present {
    Moment now;
    std::string boot_id;  // moments of this boot are known exactly, others by the wall clock
  };
  // complete: the store could read every row.
  Loading(const Snapshot& snapshot, bool complete, Registry& registry, Vault& vault, Present present)
      : snapshot_(snapshot),
        complete_(complete),
        registry_(registry),
        vault_(vault),
        now_(present.now),
        boot_id_(std::move(present.boot_id))
  {
  }

  void fill();                                                             // accounts, clients and grants
  void take_up(Exchanges&, TokenStore&);                                   // then: what was under way
  std::vector<std::string> problems() && { return std::move(problems_); }  // a sentence each

 private:
  struct Found {
    Grant::Restored restored;
    std::optional<ConsentNote> consent;
  };

  void add_grant(const GrantRow&);
  bool open_grant(const GrantRow&, Found&, GrantRecord&);
  Attempt attempt_in(const AttemptRow&) const;
  bool open_pending(const GrantRow&, Found&, GrantRecord&);
  void add_account(const AccountRow&);
  void lose(const AccountRow&, std::string_view why);
  void add_attempt(const GrantRow&, Found&);
  std::vector<AccessToken> tokens_of(const GrantRow&, const GrantRecord&, const RefreshRules&) const;
  AccessToken token_of(const TokenRow&, const TokenNote&, const RefreshRules&) const;
  const AttemptRow* attempt_of(GrantId) const;
  BootTime by_the_wall_clock(WallTime) const;
  bool is_this_boot(std::string_view id) const { return !id.empty() && id == boot_id_; }
  void drop(GrantId);
  void quarantine(GrantId, QuarantineCause, std::string why);

  const Snapshot& snapshot_;
  bool complete_;
  Registry& registry_;
  Vault& vault_;
  Moment now_;
  std::string boot_id_;
  std::map<GrantId, Found> found_;
  std::vector<Unit> repairs_;
  std::vector<std::string> problems_;
};

}  // namespace tokend
