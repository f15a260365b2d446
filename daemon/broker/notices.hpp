// What a person is told without having asked: that a program waits for their login, that a login is about to end. A
// notice is an interruption, and programs can cause it: one in five minutes per account, six in an hour in all.
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
  void ending(const Account&, int days);  // the login ends within so many, whatever tokend does
  void forget(AccountId account) { told_.erase(account); }

 private:
  void tell(const Account&, std::string cause, std::string sentence);
  bool may_tell(AccountId);

  Loop& loop_;
  Notifier& notifier_;
  std::map<AccountId, BootTime> told_;
  std::deque<BootTime> last_hour_;
};

}  // namespace tokend
