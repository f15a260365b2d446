// Which accounts are in trouble, for the log: one line when an account cannot go on by itself, or when the cause
// becomes another, and one when it is well again. Not one for each try: while it backs off its cause stays the same.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "daemon/core/log_level.hpp"
#include "proto/messages.hpp"

namespace tokend {

class TroubleReports {
 public:
  using Told = std::function<void(LogLevel, const std::string& sentence)>;  // kWarn, or kInfo: well again
  void on_told(Told told) { told_ = std::move(told); }

  void look_at(const wire::AccountStatus&);  // its state may have changed
  void forget(const std::string& account) { causes_.erase(account); }

 private:
  void begun(const wire::AccountStatus&);

  std::map<std::string, std::string> causes_;  // of the accounts that are in trouble
  Told told_ = [](LogLevel, const std::string&) {};
};

}  // namespace tokend
