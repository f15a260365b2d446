// JSON that is about to be sent: an object as a list of members, in order. A list, not a map, so that
// a fault can repeat a member or take one away. Not a parser; the control interface reads with simdjson.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::provider_double {

class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& number(std::string_view name, std::int64_t value);
  JsonObject& flag(std::string_view name, bool value);
  JsonObject& raw(std::string_view name, std::string literal);  // literal: JSON already
  JsonObject& texts(std::string_view name, const std::vector<std::string>& values);

  void erase(std::string_view name);
  void repeat(std::string_view name, std::string_view other_value);  // a second member of the same name
  bool contains(std::string_view name) const;

  std::string serialised() const;

 private:
  struct Member {
    std::string name;
    std::string literal;
  };
  std::vector<Member> members_;
};

std::string json_array(const std::vector<std::string>& literals);

}  // namespace tokend::provider_double
