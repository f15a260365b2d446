// Small readers and writers that the sealed records of the broker share: numbers as text, lists of texts, times.
// Include in .cpp files only.
#pragma once
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/json_document.hpp"
#include "daemon/core/token_key.hpp"
#include "daemon/ports/time.hpp"

namespace tokend::record {

inline std::string text_of(std::int64_t value) { return std::to_string(value); }
inline std::string text_of(WallTime at) { return std::to_string(at.time_since_epoch().count()); }

inline std::optional<std::int64_t> number_in(const JsonObject& object, std::string_view name)
{
  const std::string text = object.text(name);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

inline std::optional<WallTime> time_in(const JsonObject& object, std::string_view name)
{
  const auto value = number_in(object, name);
  if (!value) return std::nullopt;
  return WallTime(Seconds(*value));
}

inline std::vector<std::string> list_in(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  const auto list = value ? value->strings() : std::nullopt;
  return list.value_or(std::vector<std::string>{});
}

inline TokenKey key_in(const JsonObject& object)
{
  return {list_in(object, "scopes"), object.text("resource"), object.text("audience")};
}

}  // namespace tokend::record
