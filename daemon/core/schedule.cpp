#include "daemon/core/schedule.hpp"

#include <algorithm>

namespace tokend {

void Alarms::set(Owner owner, std::optional<BootTime> at)
{
  if (auto old = when_.find(owner); old != when_.end()) {
    queue_.erase({old->second, owner});
    when_.erase(old);
  }
  if (!at) return;
  when_.emplace(owner, *at);
  queue_.emplace(*at, owner);
}

std::optional<BootTime> Alarms::earliest() const
{
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

std::optional<Alarms::Owner> Alarms::pop_due(BootTime now)
{
  if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
  const Owner owner = queue_.begin()->second;
  set(owner, std::nullopt);
  return owner;
}

void Admission::ask(GrantId grant, const std::string& issuer, Urgency urgency)
{
  if (holders_.contains(grant)) return;
  const auto same = [grant](const Asked& asked) { return asked.grant == grant; };
  auto& callers = waiting_[static_cast<std::size_t>(Urgency::kCaller)];
  auto& background = waiting_[static_cast<std::size_t>(Urgency::kBackground)];
  if (std::ranges::any_of(callers, same)) return;
  const bool queued = std::ranges::any_of(background, same);
  if (urgency == Urgency::kBackground) {
    if (!queued) background.push_back({grant, issuer});
    return;
  }
  if (queued) std::erase_if(background, same);
  callers.push_back({grant, issuer});
}

void Admission::give_back(GrantId grant)
{
  for (auto& queue : waiting_) std::erase_if(queue, [grant](const Asked& asked) { return asked.grant == grant; });
  const auto holder = holders_.find(grant);
  if (holder == holders_.end()) return;
  if (--busy_[holder->second] == 0) busy_.erase(holder->second);
  holders_.erase(holder);
}

std::optional<GrantId> Admission::admit()
{
  if (in_flight() >= kInAll) return std::nullopt;
  for (auto& queue : waiting_)
    if (auto grant = admit_from(queue)) return grant;
  return std::nullopt;
}

std::optional<GrantId> Admission::admit_from(std::deque<Asked>& queue)
{
  const auto free = [this](const Asked& asked) {
    const auto busy = busy_.find(asked.issuer);
    return busy == busy_.end() || busy->second < kPerIssuer;
  };
  const auto next = std::ranges::find_if(queue, free);
  if (next == queue.end()) return std::nullopt;
  const GrantId grant = next->grant;
  ++busy_[next->issuer];
  holders_.emplace(grant, std::move(next->issuer));
  queue.erase(next);
  return grant;
}

}  // namespace tokend
