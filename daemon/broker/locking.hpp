// Lock and Unlock. Whoever asks for something is told `Locked` at once; what is out already is awaited and saved; then
// the vault's keys are wiped, and with them everything that opens a secret. Unlock is the way back: who was patient is
// served. It decides when; what holding and going on mean to the others is set by the broker.
#pragma once
#include <functional>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/operations.hpp"
#include "daemon/broker/outstanding.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/vault/key_source.hpp"
#include "daemon/vault/vault.hpp"

namespace tokend {

class Locking {
 public:
  struct Hooks {
    std::function<void()> hold;  // answer nobody, forget what was made for callers, start nothing
    std::function<void()> go_on;
    std::function<void()> changed;  // open, or locked, from now on
  };

  Locking(Vault& vault, KeySource& keys, Exchanges& exchanges, Outstanding& outstanding, Waiters& waiters,
          Operations& operations)
      : vault_(vault),
        keys_(keys),
        exchanges_(exchanges),
        outstanding_(outstanding),
        waiters_(waiters),
        operations_(operations)
  {
  }
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

  bool open() const { return !held_; }
  void lock(Waiter&);                // answered when the keys are gone; again: the same
  void unlock(Waiter&);              // kLocked: why not. While a lock is under way: after it
  void at_rest();                    // nothing is out any more
  void stop() { stopping_ = true; }  // the process ends: nothing is opened or started any more

  static Error locked();

 private:
  void finish();
  Result<void> open_again();
  void give_up();  // the disk refuses a login to the last: locking would lose it
  void go_on();

  Vault& vault_;
  KeySource& keys_;
  Exchanges& exchanges_;
  Outstanding& outstanding_;
  Waiters& waiters_;
  Operations& operations_;
  Hooks hooks_;
  bool held_ = false, stopping_ = false;
  std::optional<Topic> locking_, unlocking_;  // who waits for it
};

}  // namespace tokend
