// The loop of the simulator: virtual time, one thread, one queue. What the ports finish later (disk, network, people)
// is an appointment; time jumps from one to the next. A crash forgets everything that was posted.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "daemon/ports/loop.hpp"

namespace tokend::sim {

class VirtualLoop final : public Loop {
 public:
  using Task = std::move_only_function<void()>;

  BootTime now() const override { return now_; }
  WallTime wall() const override
  {
    return std::chrono::floor<Seconds>(kEpoch + now_.time_since_epoch()) + wall_is_off_;
  }
  void post(Task task) override { posted_.push_back(std::move(task)); }
  void alarm_at(BootTime at) override { alarm_ = at; }
  void on_alarm(Task task) override { ring_ = std::move(task); }

  void at(BootTime when, Task task) { appointments_.emplace(when, std::move(task)); }
  void after(Milliseconds delay, Task task) { at(now_ + delay, std::move(task)); }

  bool turn()  // one thing that can happen now; false: nothing can before time passes
  {
    if (!posted_.empty()) {
      Task task = std::move(posted_.front());
      posted_.pop_front();
      task();
      return true;
    }
    if (alarm_ && *alarm_ <= now_) {
      alarm_.reset();
      ring_();
      return true;
    }
    if (appointments_.empty() || appointments_.begin()->first > now_) return false;
    Task task = std::move(appointments_.begin()->second);
    appointments_.erase(appointments_.begin());
    task();
    return true;
  }

  std::optional<BootTime> next() const
  {
    std::optional<BootTime> earliest = alarm_;
    if (!appointments_.empty() && (!earliest || appointments_.begin()->first < *earliest))
      earliest = appointments_.begin()->first;
    return earliest;
  }

  // One turn, or the jump to the moment of the next.
  void step()
  {
    if (turn()) return;
    if (const auto coming = next()) now_ = std::max(now_, *coming);
  }

  // Runs turns until this much time has passed.
  void run_for(Milliseconds span)
  {
    const BootTime end = now_ + span;
    for (;;) {
      while (turn()) {}
      const auto coming = next();
      if (!coming || *coming > end) break;
      now_ = std::max(now_, *coming);
    }
    now_ = end;
  }

  // The machine sleeps: what would have happened meanwhile happens after it.
  void sleep(Milliseconds span) { now_ += span; }

  void step_wall(Seconds by)
  {
    wall_is_off_ += by;
    post([this] { ring_(); });
  }
  Seconds wall_is_off() const { return wall_is_off_; }

  // The process died: what it had posted and its alarm are gone. Appointments of the world go on.
  void forget_process()
  {
    posted_.clear();
    alarm_.reset();
    ring_ = [] {};
  }

 private:
  static constexpr std::chrono::sys_seconds kEpoch{Seconds(1'800'000'000)};
  BootTime now_{Milliseconds(1'000'000)};
  Seconds wall_is_off_{0};
  std::deque<Task> posted_;
  std::multimap<BootTime, Task> appointments_;
  std::optional<BootTime> alarm_;
  Task ring_ = [] {};
};

}  // namespace tokend::sim
