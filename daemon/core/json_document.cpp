#include "daemon/core/json_document.hpp"

#include <utility>

namespace tokend {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kDeepest = 32;

template <class T> std::optional<T> value_of(simdjson::simdjson_result<T> result)
{
  T value{};
  if (std::move(result).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string_view> JsonValue::string() const { return value_of(element_.get_string()); }
std::optional<bool> JsonValue::boolean() const { return value_of(element_.get_bool()); }
std::optional<std::int64_t> JsonValue::integer() const { return value_of(element_.get_int64()); }
std::optional<double> JsonValue::number() const { return value_of(element_.get_double()); }

std::optional<JsonObject> JsonValue::object() const
{
  const auto found = value_of(element_.get_object());
  if (!found) return std::nullopt;
  return JsonObject(*found);
}

std::optional<std::vector<JsonValue>> JsonValue::array() const
{
  const auto found = value_of(element_.get_array());
  if (!found) return std::nullopt;
  std::vector<JsonValue> values;
  for (const simdjson::dom::element element : *found) values.emplace_back(element);
  return values;
}

std::optional<std::vector<std::string>> JsonValue::strings() const
{
  const auto values = array();
  if (!values) return std::nullopt;
  std::vector<std::string> texts;
  for (const JsonValue& value : *values) {
    const auto text = value.string();
    if (!text) return std::nullopt;
    texts.emplace_back(*text);
  }
  return texts;
}

std::optional<JsonValue> JsonObject::find(std::string_view name) const
{
  for (const auto& [key, value] : object_)
    if (key == name) return JsonValue(value);
  return std::nullopt;
}

std::size_t JsonObject::count(std::string_view name) const
{
  std::size_t found = 0;
  for (const auto& [key, value] : object_) found += key == name ? 1 : 0;
  return found;
}

std::string JsonObject::text(std::string_view name) const
{
  const auto value = find(name);
  return std::string(value ? value->string().value_or("") : "");
}

std::vector<std::pair<std::string_view, JsonValue>> JsonObject::members() const
{
  std::vector<std::pair<std::string_view, JsonValue>> all;
  for (const auto& [key, value] : object_) all.emplace_back(key, JsonValue(value));
  return all;
}

std::optional<JsonDocument> JsonDocument::parse(std::string_view bytes)
{
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  JsonDocument document;
  document.parser_ = std::make_unique<simdjson::dom::parser>();
  if (document.parser_->allocate(bytes.size(), kDeepest) != simdjson::SUCCESS) return std::nullopt;
  if (document.parser_->parse(bytes.data(), bytes.size()).get(document.root_) != simdjson::SUCCESS) return std::nullopt;
  return document;
}

}  // namespace tokend
