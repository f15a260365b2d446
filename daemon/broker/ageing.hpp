// Logins that end by themselves: watched, so that a person is told 14, 3 and 1 days before, once each, also across
// restarts; later, where too much had to be told at once. A login that never lives so long is not told of at all.
#pragma once
#include <functional>
#include <optional>

#include "daemon/broker/registry.hpp"
#include "daemon/core/schedule.hpp"
#include "daemon/ports/loop.hpp"

namespace tokend {

class Ageing {
 public:
  using Warn = std::function<bool(GrantEntry&, int days)>;  // false: it could not be told now

  Ageing(Loop& loop, Registry& registry) : loop_(loop), registry_(registry) {}
  void on_warning(Warn warn) { warn_ = std::move(warn); }

  void watch(const GrantEntry&);  // after every change of it
  void forget(GrantId grant) { alarms_.set(owner(grant), std::nullopt); }
  void on_time();
  std::optional<BootTime> next_wake() const { return alarms_.earliest(); }

 private:
  static Alarms::Owner owner(GrantId grant) { return static_cast<Alarms::Owner>(number(grant)); }
  void look_at(GrantEntry&);

  Loop& loop_;
  Registry& registry_;
  Warn warn_ = [](GrantEntry&, int) { return true; };
  Alarms alarms_;
};

// The end of a login that a person can be told of; nullopt: it ends with nothing that is known.
struct LoginEnds {
  std::optional<WallTime> absolute, idle;  // whatever is done; unless it is used
};
LoginEnds login_ends(const GrantEntry&);
std::optional<WallTime> told_end(const GrantEntry&, WallTime now);  // that a person was warned of, and it is to come

}  // namespace tokend
