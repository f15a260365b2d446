// How an account signs in. A word of the wire, of the store and of the core alike, so it stands alone.
#pragma once
#include <optional>
#include <string_view>

namespace tokend {

// Persisted by name; the names are those of the interface.
enum class Flow { kCode, kDevice, kClientCredentials };

constexpr std::string_view name_of(Flow flow)
{
  switch (flow) {
    case Flow::kCode: return "code";
    case Flow::kDevice: return "device";
    case Flow::kClientCredentials: return "client_credentials";
  }
  return {};
}

constexpr std::optional<Flow> flow_from(std::string_view name)
{
  for (const Flow flow : {Flow::kCode, Flow::kDevice, Flow::kClientCredentials})
    if (name_of(flow) == name) return flow;
  return std::nullopt;
}

}  // namespace tokend
