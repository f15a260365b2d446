// The one thread that owns all state. Real: adapters/asio_loop; in the simulator: a seeded queue over virtual time.
#pragma once
#include <functional>

#include "daemon/ports/time.hpp"

namespace tokend {

class Loop {
 public:
  virtual ~Loop() = default;
  virtual BootTime now() const = 0;                        // CLOCK_BOOTTIME, read once per turn
  virtual WallTime wall() const = 0;                       // CLOCK_REALTIME, read once per turn
  virtual void post(std::move_only_function<void()>) = 0;  // loop thread only; FIFO; never runs inside the caller
  virtual void alarm_at(BootTime) = 0;                     // one alarm; replaces the last; fires the on_alarm handler
  virtual void on_alarm(std::move_only_function<void()>) = 0;  // set once by the broker; also called after a clock step
};

}  // namespace tokend
