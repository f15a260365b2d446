// What moves grants from outside their exchanges: time that has come, a clock that was set, a network that is back.
#include "daemon/broker/exchanges.hpp"

namespace tokend {
namespace {

constexpr Seconds kClockStep{5};  // less is the rounding of seconds, or the clock being disciplined

}  // namespace

void Exchanges::on_time()
{
  if (stopped_) return;
  notice_clock_step();
  while (const auto due = alarms_.pop_due(ports_.loop.now()))
    feed_id(GrantId{static_cast<std::int64_t>(*due)}, TimePassed{});
}

void Exchanges::link_came_up()
{
  if (stopped_) return;
  std::vector<GrantId> waiting;
  for (const auto& [id, entry] : registry_.grants())
    if (std::holds_alternative<BackingOff>(entry->machine.exchange())) waiting.push_back(id);
  for (const GrantId id : waiting) feed_id(id, LinkCameUp{});
}

// What is stored is wall time: a start with a wrong clock, before the network has set it, must not outlive that.
void Exchanges::notice_clock_step()
{
  const Milliseconds offset = clock_offset();
  if (std::chrono::abs(offset - offset_) < kClockStep) return;
  offset_ = offset;
  std::vector<GrantId> all;
  for (const auto& [id, entry] : registry_.grants()) all.push_back(id);
  for (const GrantId id : all) feed_id(id, ClockStepped{});
}

Milliseconds Exchanges::clock_offset() const
{
  return ports_.loop.wall().time_since_epoch() - ports_.loop.now().time_since_epoch();
}

}  // namespace tokend
