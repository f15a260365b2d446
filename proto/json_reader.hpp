// A pull reader of JSON (RFC 8259): strict, total, bounded. It validates everything that it passes over, UTF-8
// included, never recurses deeper than kMostDepth and allocates nothing: strings without escapes are views of the text,
// others are decoded into the caller's scratch (reserved once, so earlier views stay good).
//
// The caller asks for what it expects. A question of the wrong type answers false and consumes nothing; text that is
// not JSON makes every later question answer false and ok() too. Repeated names are handed out as they come.
//
//   if (reader.enter_object())
//     while (reader.next_member(name)) ... one read(), or skip() ...
//   if (!reader.finish()) ...
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

enum class JsonType { kNull, kBool, kNumber, kString, kArray, kObject, kNothing };

class JsonReader {
 public:
  static constexpr int kMostDepth = 32;

  // Both must outlive what is read. Escapes use scratch; one scratch serves one text at a time.
  JsonReader(std::string_view text, std::string& scratch) : text_(text), scratch_(&scratch) { scratch.clear(); }

  JsonType type();  // of the value that comes next; kNothing: none, or not JSON

  bool enter_object();
  bool next_member(std::string_view& name);  // false: the object is over, or !ok()
  bool enter_array();
  bool next_element();

  bool read(std::string_view&);
  bool read(bool&);
  bool read(std::int64_t&);  // false for a fraction, an exponent or what does not fit
  bool read(double&);
  bool read_null();
  bool skip();                       // any value
  bool read_raw(std::string_view&);  // any value, validated, as it stands in the text

  bool finish();  // the one value was all there was
  bool ok() const { return ok_; }

 private:
  bool broken();
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space();
  bool take(char);
  bool take_word(std::string_view);
  bool enter(char);
  bool next_item(char closing);
  template <class Number> bool read_number(Number&);
  bool scan_number(std::size_t& end, bool& integral) const;
  bool scan_string(std::string_view& raw, bool& escaped);
  bool decode(std::string_view raw, std::string_view& out);
  bool take_string(std::string_view&);

  std::string_view text_;
  std::string* scratch_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool first_ = false;  // in the container entered last, nothing has been read
  bool ok_ = true;
};

}  // namespace tokend
