// What subscribers are told: a snapshot of every account, `synced`, then each change. States are compared, so that an
// event is a change that somebody can see.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/broker/waiters.hpp"
#include "daemon/ports/loop.hpp"
#include "proto/messages.hpp"

namespace tokend {

class Events {
 public:
  Events(Loop& loop, Waiters& waiters) : loop_(loop), waiters_(waiters) {}

  void subscribe(const std::vector<std::string>& accounts, const std::vector<wire::AccountStatus>& now, Waiter&);
  void tell(wire::EventKind, const wire::AccountStatus&);
  void state_may_have_changed(const wire::AccountStatus&);  // told only if it has
  void forget(const std::string& account) { last_.erase(account); }

 private:
  struct Seen {
    wire::State state;
    std::string cause;
    bool operator==(const Seen&) const = default;
  };
  void send(const wire::Event&);
  wire::Event event_of(wire::EventKind, const wire::AccountStatus&) const;

  Loop& loop_;
  Waiters& waiters_;
  std::map<std::string, Seen> last_;
};

}  // namespace tokend
