// What a person is told without having asked: that a program waits for their login, that a login is about to end. A
// notice is an interruption. Programs can cause wishes: one in five minutes per account, six in an hour in all; what
// they use up does not keep a person from being told of a login that ends.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "daemon/broker/registry.hpp"
#include "daemon/ports/loop.hpp"
#include "daemon/ports/notifier.hpp"
#include "proto/error.hpp"

namespace tokend {

class Notices {
 public:
  static constexpr Seconds kPerAccount{300};
  static constexpr std::size_t kMostInAnHour = 6;

  Notices(Loop& loop, Notifier& notifier) : loop_(loop), notifier_(notifier) {}

  // Somebody waits for this account's login. program: what the caller calls itself; empty: nobody knows.
  void wish(const Account&, const Error& obstacle, std::string_view program);
  // The login ends within so many days, whatever tokend does. False: too many such were told in this hour already.
  bool ending(const Account&, int days);
  void forget(AccountId account) { told_.erase(account); }

 private:
  using Hour = std::deque<BootTime>;  // when there was one, for an hour

  void tell(const Account&, std::string cause, std::string sentence);
  bool may_tell(Hour&);

  Loop& loop_;
  Notifier& notifier_;
  std::map<AccountId, BootTime> told_;
  Hour wishes_, endings_;
};

}  // namespace tokend
