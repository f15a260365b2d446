#include "daemon/broker/ageing.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tokend {
namespace {

using Days = std::chrono::days;

constexpr std::array<Days, 3> kWarnings{Days(14), Days(3), Days(1)};
constexpr Seconds kSameEnd{60};
constexpr std::chrono::minutes kTellAgain{10};

struct End {
  WallTime at{}, since{};  // it is a matter of course where the whole span is short
};

std::optional<End> end_of(const GrantEntry& entry)
{
  const LoginEnds ends = login_ends(entry);
  if (ends.absolute && (!ends.idle || *ends.absolute <= *ends.idle)) return End{*ends.absolute, entry.consented};
  if (ends.idle) return End{*ends.idle, entry.rotated};
  return std::nullopt;
}

bool was_told(const GrantRecord& record, const End& end, Days days)
{
  const auto& told = record.warned;
  return told && told->days <= days.count() && std::chrono::abs(told->end - end.at) <= kSameEnd;
}

}  // namespace

LoginEnds login_ends(const GrantEntry& entry)
{
  LoginEnds ends;
  if (!std::holds_alternative<RefreshToken>(entry.machine.credential())) return ends;
  const RefreshRules& rules = entry.machine.provider().refresh;
  if (entry.record.refresh_end) ends.absolute = entry.record.refresh_end->at;
  if (rules.absolute > Seconds(0))
    ends.absolute = std::min(ends.absolute.value_or(WallTime::max()), entry.consented + rules.absolute);
  if (rules.idle > Seconds(0)) ends.idle = entry.rotated + rules.idle;
  return ends;
}

std::optional<WallTime> told_end(const GrantEntry& entry, WallTime now)
{
  const auto end = end_of(entry);
  if (!end || end->at <= now || !was_told(entry.record, *end, kWarnings.front())) return std::nullopt;
  return end->at;
}

void Ageing::watch(const GrantEntry& entry)
{
  alarms_.set(owner(entry.id), std::nullopt);
  const auto end = end_of(entry);
  if (!end || end->at <= loop_.wall()) return;
  for (const Days days : kWarnings) {
    if (days >= end->at - end->since || was_told(entry.record, *end, days)) continue;
    return alarms_.set(owner(entry.id), loop_.now() + std::max(Seconds(0), end->at - days - loop_.wall()));
  }
}

void Ageing::on_time()
{
  while (const auto due = alarms_.pop_due(loop_.now()))
    if (GrantEntry* entry = registry_.find(GrantId{static_cast<std::int64_t>(*due)})) look_at(*entry);
}

void Ageing::look_at(GrantEntry& entry)
{
  const auto end = end_of(entry);
  std::optional<Days> due;
  if (end && loop_.wall() < end->at)
    for (const Days days : kWarnings)
      if (days < end->at - end->since && end->at - days <= loop_.wall() && !was_told(entry.record, *end, days))
        due = days;
  if (!due) return watch(entry);
  const auto before = std::exchange(entry.record.warned, Warned{static_cast<int>(due->count()), end->at});
  if (warn_(entry, static_cast<int>(due->count()))) return watch(entry);
  entry.record.warned = before;
  alarms_.set(owner(entry.id), loop_.now() + kTellAgain);
}

}  // namespace tokend
