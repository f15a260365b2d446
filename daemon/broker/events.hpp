// What subscribers are told: a snapshot of every account, `synced`, then each change. States are compared, so that an
// event is a change that somebody can see. The snapshot is a walk, made as the subscriber takes it: what changes
// meanwhile is told by the snapshot, once more if it was told before, and what is gone again by `removed`.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/broker/registry.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/ports/loop.hpp"
#include "proto/messages.hpp"

namespace tokend {

class Events {
 public:
  using StatusOf = std::function<wire::AccountStatus(Account&)>;
  Events(Loop& loop, Registry& registry, Waiters& waiters, StatusOf status_of)
      : loop_(loop), registry_(registry), waiters_(waiters), status_of_(std::move(status_of))
  {
  }

  void subscribe(std::vector<std::string> accounts, Waiter&);  // none: to all
  void tell(wire::EventKind, const wire::AccountStatus&);
  void state_may_have_changed(const wire::AccountStatus&);  // told only if it has
  void tell_daemon(const std::optional<Error>& trouble);    // none: it is well again
  void forget(const std::string& account) { last_.erase(account); }

 private:
  struct Seen {
    wire::State state;
    std::string cause;
    bool operator==(const Seen&) const = default;
  };
  void send(const wire::Event&);
  std::optional<std::string> next_of_snapshot(const std::vector<std::string>& accounts, Walk&) const;
  std::string tell_again(const std::string& account) const;
  wire::Event event_of(wire::EventKind, const wire::AccountStatus&) const;

  Loop& loop_;
  Registry& registry_;
  Waiters& waiters_;
  StatusOf status_of_;
  std::map<std::string, Seen> last_;
};

}  // namespace tokend
