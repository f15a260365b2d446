#include "tests/provider_double/json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {

JsonObject& JsonObject::raw(std::string_view name, std::string literal)
{
  members_.push_back({std::string(name), std::move(literal)});
  return *this;
}

JsonObject& JsonObject::text(std::string_view name, std::string_view value) { return raw(name, json_string(value)); }
JsonObject& JsonObject::number(std::string_view name, std::int64_t value) { return raw(name, fmt::to_string(value)); }
JsonObject& JsonObject::flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonObject& JsonObject::texts(std::string_view name, const std::vector<std::string>& values)
{
  std::vector<std::string> literals;
  for (const auto& value : values) literals.push_back(json_string(value));
  return raw(name, json_array(literals));
}

void JsonObject::erase(std::string_view name)
{
  std::erase_if(members_, [name](const Member& member) { return member.name == name; });
}

void JsonObject::repeat(std::string_view name, std::string_view other_value) { text(name, other_value); }

bool JsonObject::contains(std::string_view name) const
{
  return std::ranges::any_of(members_, [name](const Member& member) { return member.name == name; });
}

std::string JsonObject::serialised() const
{
  std::string out = "{";
  for (const auto& [name, literal] : members_) {
    if (out.size() > 1) out += ',';
    out += json_string(name) + ':' + literal;
  }
  return out + '}';
}

std::string json_array(const std::vector<std::string>& literals)
{
  return fmt::format("[{}]", fmt::join(literals, ","));
}

}  // namespace tokend::provider_double
