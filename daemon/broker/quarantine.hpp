// What was set aside is kept for 30 days: a person may want it back, and nobody wants it for ever. The store looks at a
// start, this once a day. (A login that succeeds, a logout and a removal take what was set aside of theirs with them.)
#pragma once
#include "daemon/ports/loop.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

class Quarantine {
 public:
  Quarantine(Loop& loop, TokenStore& store) : loop_(loop), store_(store), due_(loop.now() + kEvery) {}

  void on_time()
  {
    if (loop_.now() < due_) return;
    due_ = loop_.now() + kEvery;
    store_.commit(Unit{.changes = {PurgeQuarantine{loop_.wall() - kQuarantineKept}}}, [](Committed) {});
  }
  BootTime next_wake() const { return due_; }

 private:
  static constexpr std::chrono::days kEvery{1};

  Loop& loop_;
  TokenStore& store_;
  BootTime due_;
};

}  // namespace tokend
