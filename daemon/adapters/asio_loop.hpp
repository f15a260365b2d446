// AsioLoop: the Loop of the product, on one thread. Also the io_context that the other adapters hang their sockets on.
// It decides nothing and has one alarm; whoever needs many deadlines keeps a heap or a list of its own.
//
// Model: a turn is one handler of the io_context. now() and wall() are read when a turn first asks and stay for it.
// Two timerfds: CLOCK_BOOTTIME for the alarm, so that it fires on resume from suspend, and CLOCK_REALTIME with
// TFD_TIMER_CANCEL_ON_SET, so that a stepped wall clock wakes us. Nothing polls: an idle loop sleeps in epoll_wait.
#pragma once
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>

#include "daemon/ports/loop.hpp"

namespace tokend {

class AsioLoop final : public Loop {
 public:
  AsioLoop();  // throws std::system_error when the kernel gives no timers
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  BootTime now() const override;
  WallTime wall() const override;
  void post(std::move_only_function<void()>) override;
  void alarm_at(BootTime) override;  // BootTime::max(): none
  void on_alarm(std::move_only_function<void()>) override;

  // For workers: thread-safe; FIFO per thread. The loop must outlive the thread that calls.
  void post_from_any_thread(std::move_only_function<void()>);

  void run();        // until stop(); may be called again
  void run_ready();  // what can run without waiting: after a worker was joined, its last answers
  void stop();       // from the loop thread: run() returns after this turn

  asio::io_context& context() { return io_; }

 private:
  void wait_for_alarm();
  void wait_for_clock_step();
  void fire();

  asio::io_context io_{1};
  asio::posix::stream_descriptor alarm_timer_;
  asio::posix::stream_descriptor step_timer_;
  BootTime alarm_ = BootTime::max();
  std::move_only_function<void()> on_alarm_;
  bool running_ = false;
  bool stopping_ = false;
  mutable std::optional<BootTime> now_;  // of this turn
  mutable std::optional<WallTime> wall_;
};

}  // namespace tokend
