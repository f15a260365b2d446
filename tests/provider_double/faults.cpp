#include "tests/provider_double/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tokend::provider_double {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 15> kNames = {{
    {"status", FaultKind::status},
    {"oauth_error", FaultKind::oauth_error},
    {"drop", FaultKind::drop},
    {"stall", FaultKind::stall},
    {"endless_body", FaultKind::endless_body},
    {"lose_answer", FaultKind::lose_answer},
    {"half_answer", FaultKind::half_answer},
    {"stall_answer", FaultKind::stall_answer},
    {"slow_answer", FaultKind::slow_answer},
    {"oversized", FaultKind::oversized},
    {"invalid_json", FaultKind::invalid_json},
    {"duplicate_members", FaultKind::duplicate_members},
    {"wrong_token_type", FaultKind::wrong_token_type},
    {"omit_refresh_token", FaultKind::omit_refresh_token},
    {"omit_expires_in", FaultKind::omit_expires_in},
}};

}  // namespace

std::optional<FaultKind> fault_kind_named(std::string_view word)
{
  const auto* found = std::ranges::find(kNames, word, [](const auto& entry) { return entry.first; });
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

std::string_view name_of(FaultKind kind)
{
  return std::ranges::find(kNames, kind, [](const auto& entry) { return entry.second; })->first;
}

void Faults::clear()
{
  orders_.clear();
  unread_drops_ = 0;
}

std::optional<Fault> Faults::take(std::string_view path)
{
  const auto order =
      std::ranges::find_if(orders_, [path](const Fault& fault) { return fault.path == path || fault.path == "*"; });
  if (order == orders_.end()) return std::nullopt;
  Fault fault = *order;
  if (--order->count <= 0) orders_.erase(order);
  return fault;
}

bool Faults::take_unread_drop()
{
  if (unread_drops_ == 0) return false;
  --unread_drops_;
  return true;
}

std::size_t Faults::release()
{
  const auto released = std::exchange(held_, {});
  for (const auto& answer : released) answer();
  return released.size();
}

}  // namespace tokend::provider_double
