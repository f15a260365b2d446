// Writes JSON onto the end of a string. What it writes is always valid UTF-8: bytes that are not become U+FFFD. Commas
// are its business, balance is the caller's. It keeps nothing, so several may write to one string in turn.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(&out) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& name(std::string_view);

  JsonWriter& value(std::string_view);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t);
  JsonWriter& value(int number) { return value(std::int64_t{number}); }
  JsonWriter& value(bool);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // one value, already JSON

  template <class Value> JsonWriter& member(std::string_view name_of_it, const Value& of_it)
  {
    return name(name_of_it).value(of_it);
  }

 private:
  JsonWriter& begin(char);
  JsonWriter& end(char);
  void separate();

  std::string* out_;
  bool comma_ = false;  // something stands before in this container
};

}  // namespace tokend
