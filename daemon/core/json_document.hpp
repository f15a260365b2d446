// The one wrapper around simdjson: a whole JSON document (RFC 8259) that others sent us, checked completely (UTF-8,
// depth 32) before anything of it is read. Include it in .cpp files only. Values point into their document and must not
// outlive it; so may the secrets in it, therefore keep documents local.
#pragma once
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

class JsonObject;

class JsonValue {
 public:
  explicit JsonValue(simdjson::dom::element element) : element_(element) {}
  bool is_null() const { return element_.is_null(); }
  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;  // written without fraction or exponent, and it fits
  std::optional<double> number() const;         // any number
  std::optional<JsonObject> object() const;
  std::optional<std::vector<JsonValue>> array() const;
  std::optional<std::vector<std::string>> strings() const;  // an array of nothing but strings

 private:
  simdjson::dom::element element_;
};

class JsonObject {
 public:
  explicit JsonObject(simdjson::dom::object object) : object_(object) {}
  std::optional<JsonValue> find(std::string_view name) const;  // the first of that name; nullopt: there is none
  std::size_t count(std::string_view name) const;              // duplicates: the caller's decision
  std::string text(std::string_view name) const;               // empty: absent or not a string
  std::vector<std::pair<std::string_view, JsonValue>> members() const;

 private:
  simdjson::dom::object object_;
};

class JsonDocument {
 public:
  static std::optional<JsonDocument> parse(std::string_view bytes);  // a byte order mark is skipped
  JsonValue root() const { return JsonValue(root_); }
  std::optional<JsonObject> object() const { return root().object(); }

 private:
  JsonDocument() = default;
  std::unique_ptr<simdjson::dom::parser> parser_;  // owns the tape; must not move
  simdjson::dom::element root_;
};

}  // namespace tokend
