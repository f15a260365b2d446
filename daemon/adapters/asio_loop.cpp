#include "daemon/adapters/asio_loop.hpp"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <asio/post.hpp>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

timespec read_clock(clockid_t clock)
{
  timespec time{};
  if (clock_gettime(clock, &time) != 0) throw_errno("clock_gettime");
  return time;
}

int open_timer(clockid_t clock)
{
  const int fd = timerfd_create(clock, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw_errno("timerfd_create");
  return fd;
}

// Rounded up: an alarm that fires early would be set again for the rest, at once.
itimerspec absolute(BootTime at)
{
  if (at == BootTime::max()) return {};                                         // disarms
  const auto count = std::max<std::int64_t>(at.time_since_epoch().count(), 1);  // zero would disarm
  return {.it_interval = {}, .it_value = {.tv_sec = count / 1000, .tv_nsec = count % 1000 * 1'000'000}};
}

// Armed for a day that does not come: it is there to be cancelled.
void arm_step_timer(int fd)
{
  const itimerspec never{.it_interval = {}, .it_value = {.tv_sec = std::int64_t{1} << 40, .tv_nsec = 0}};
  const int result = timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr);
  if (result != 0 && errno != ECANCELED) throw_errno("timerfd_settime");  // ECANCELED: armed, and one more step seen
}

void drain(int fd)
{
  std::uint64_t expirations = 0;
  [[maybe_unused]] const auto size = ::read(fd, &expirations, sizeof expirations);  // ECANCELED is the news itself
}

}  // namespace

AsioLoop::AsioLoop() : alarm_timer_(io_, open_timer(CLOCK_BOOTTIME)), step_timer_(io_, open_timer(CLOCK_REALTIME))
{
  arm_step_timer(step_timer_.native_handle());
  wait_for_alarm();
  wait_for_clock_step();
}

BootTime AsioLoop::now() const
{
  if (now_ && running_) return *now_;
  const timespec time = read_clock(CLOCK_BOOTTIME);
  now_ = BootTime(std::chrono::floor<Milliseconds>(Seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)));
  return *now_;
}

WallTime AsioLoop::wall() const
{
  if (!wall_ || !running_) wall_ = WallTime(Seconds(read_clock(CLOCK_REALTIME).tv_sec));
  return *wall_;
}

void AsioLoop::post(std::move_only_function<void()> task) { asio::post(io_, std::move(task)); }

void AsioLoop::post_from_any_thread(std::move_only_function<void()> task) { asio::post(io_, std::move(task)); }

void AsioLoop::alarm_at(BootTime at)
{
  if (at == alarm_) return;
  alarm_ = at;
  const itimerspec time = absolute(at);
  if (timerfd_settime(alarm_timer_.native_handle(), TFD_TIMER_ABSTIME, &time, nullptr) != 0)
    throw_errno("timerfd_settime");
}

void AsioLoop::on_alarm(std::move_only_function<void()> handler) { on_alarm_ = std::move(handler); }

void AsioLoop::run()
{
  stopping_ = false;
  running_ = true;
  io_.restart();
  while (!stopping_) {
    now_.reset();
    wall_.reset();
    io_.run_one();
  }
  running_ = false;
}

void AsioLoop::run_ready()
{
  running_ = true;
  io_.restart();
  do {
    now_.reset();
    wall_.reset();
  } while (io_.poll_one() != 0);
  running_ = false;
}

void AsioLoop::stop() { stopping_ = true; }

void AsioLoop::wait_for_alarm()
{
  alarm_timer_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const std::error_code& error) {
    if (error) return;
    drain(alarm_timer_.native_handle());
    wait_for_alarm();
    if (alarm_ > now()) return;  // it was moved after it had fired
    alarm_ = BootTime::max();
    fire();
  });
}

void AsioLoop::wait_for_clock_step()
{
  step_timer_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const std::error_code& error) {
    if (error) return;
    drain(step_timer_.native_handle());
    arm_step_timer(step_timer_.native_handle());
    wait_for_clock_step();
    fire();
  });
}

void AsioLoop::fire()
{
  if (on_alarm_) on_alarm_();
}

}  // namespace tokend
