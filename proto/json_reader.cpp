#include "proto/json_reader.hpp"

#include <charconv>
#include <type_traits>

#include "proto/utf8.hpp"

namespace tokend {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four hexadecimal digits at the front of `text`; nothing less.
bool read_hex4(std::string_view text, unsigned& value)
{
  if (text.size() < 4) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  return error == std::errc() && end == text.data() + 4;
}

bool is_high_surrogate(unsigned code) { return code >= 0xD800 && code <= 0xDBFF; }
bool is_low_surrogate(unsigned code) { return code >= 0xDC00 && code <= 0xDFFF; }

// The code point of the \u escape whose digits begin at text[at]; moves `at` behind it, and behind a pair's second
// half.
bool read_code_point(std::string_view text, std::size_t& at, unsigned& code)
{
  if (!read_hex4(text.substr(at), code) || is_low_surrogate(code)) return false;
  at += 4;
  if (!is_high_surrogate(code)) return true;
  unsigned low = 0;
  if (!text.substr(at).starts_with("\\u") || !read_hex4(text.substr(at + 2), low) || !is_low_surrogate(low))
    return false;
  at += 6;
  code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

char simple_escape(char letter)
{
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
  }
  return '\0';
}

}  // namespace

bool JsonReader::broken() { return ok_ = false; }

void JsonReader::skip_space()
{
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
}

bool JsonReader::take(char wanted)
{
  skip_space();
  if (peek() != wanted || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonReader::take_word(std::string_view word)
{
  if (!text_.substr(at_).starts_with(word)) return broken();
  at_ += word.size();
  first_ = false;
  return true;
}

JsonType JsonReader::type()
{
  if (!ok_) return JsonType::kNothing;
  skip_space();
  switch (peek()) {
    case '{': return JsonType::kObject;
    case '[': return JsonType::kArray;
    case '"': return JsonType::kString;
    case 't':
    case 'f': return JsonType::kBool;
    case 'n': return JsonType::kNull;
    default: break;
  }
  if (peek() == '-' || is_digit(peek())) return JsonType::kNumber;
  broken();
  return JsonType::kNothing;
}

bool JsonReader::enter(char opening)
{
  if (depth_ == kMostDepth) return broken();
  take(opening);
  ++depth_;
  return first_ = true;
}

bool JsonReader::enter_object() { return type() == JsonType::kObject && enter('{'); }
bool JsonReader::enter_array() { return type() == JsonType::kArray && enter('['); }

// To the next thing in this container: past the comma, or out of it.
bool JsonReader::next_item(char closing)
{
  if (!ok_) return false;
  if (take(closing)) {
    --depth_;
    return first_ = false;
  }
  if (!first_ && !take(',')) return broken();
  skip_space();
  return true;
}

bool JsonReader::next_member(std::string_view& name)
{
  if (!next_item('}')) return false;
  if (peek() != '"' || !take_string(name) || !take(':')) return broken();
  return true;
}

bool JsonReader::next_element()
{
  if (!next_item(']')) return false;
  return type() != JsonType::kNothing;  // "[1,]" has none
}

bool JsonReader::scan_string(std::string_view& raw, bool& escaped)
{
  const std::size_t begin = ++at_;
  while (at_ < text_.size()) {
    const unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') {
      raw = text_.substr(begin, at_++ - begin);
      return true;
    }
    if (c < 0x20) return broken();
    if (c == '\\') escaped = true, ++at_;  // whatever follows: decode() judges it
    const std::size_t length = utf8_length(text_, at_);
    if (at_ >= text_.size() || length == 0) return broken();
    at_ += length;
  }
  return broken();
}

bool JsonReader::decode(std::string_view raw, std::string_view& out)
{
  if (scratch_->capacity() < text_.size()) scratch_->reserve(text_.size());  // once: decoded text is never longer
  const std::size_t begin = scratch_->size();
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      *scratch_ += raw[at++];
      continue;
    }
    const char letter = raw[at + 1];
    at += 2;
    unsigned code = 0;
    if (letter == 'u') {
      if (!read_code_point(raw, at, code)) return broken();
      append_utf8(*scratch_, code);
    } else {
      if (simple_escape(letter) == '\0') return broken();
      *scratch_ += simple_escape(letter);
    }
  }
  out = std::string_view(*scratch_).substr(begin);
  return true;
}

bool JsonReader::take_string(std::string_view& out)
{
  std::string_view raw;
  bool escaped = false;
  if (!scan_string(raw, escaped)) return false;
  first_ = false;
  if (escaped) return decode(raw, out);
  out = raw;
  return true;
}

bool JsonReader::read(std::string_view& out) { return type() == JsonType::kString && take_string(out); }

bool JsonReader::read(bool& out)
{
  if (type() != JsonType::kBool) return false;
  out = peek() == 't';
  return take_word(out ? "true" : "false");
}

bool JsonReader::read_null() { return type() == JsonType::kNull && take_word("null"); }

// RFC 8259 section 6: no leading zero, no plus, digits on both sides of the point.
bool JsonReader::scan_number(std::size_t& end, bool& integral) const
{
  const auto digits = [&] {
    const std::size_t begin = end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return end - begin;
  };
  const auto is = [&](char c) { return end < text_.size() && text_[end] == c; };
  end = at_ + (peek() == '-');
  const bool zero = is('0');
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  integral = true;
  if (is('.')) {
    ++end, integral = false;
    if (digits() == 0) return false;
  }
  if (is('e') || is('E')) {
    ++end, integral = false;
    if (is('+') || is('-')) ++end;
    if (digits() == 0) return false;
  }
  return true;
}

template <class Number> bool JsonReader::read_number(Number& out)
{
  if (type() != JsonType::kNumber) return false;
  std::size_t end = 0;
  bool integral = false;
  if (!scan_number(end, integral)) return broken();
  if (std::is_integral_v<Number> && !integral) return false;
  Number value = 0;
  if (std::from_chars(text_.data() + at_, text_.data() + end, value).ec != std::errc()) return false;
  out = value;
  at_ = end;
  return !(first_ = false);
}

bool JsonReader::read(std::int64_t& out) { return read_number(out); }
bool JsonReader::read(double& out) { return read_number(out); }

bool JsonReader::skip()
{
  std::string_view text;
  bool truth = false;
  std::size_t end = 0;
  switch (type()) {
    case JsonType::kNothing: return false;
    case JsonType::kNull: return read_null();
    case JsonType::kBool: return read(truth);
    case JsonType::kString: return take_string(text);
    case JsonType::kNumber:
      if (!scan_number(end, truth)) return broken();
      at_ = end;
      return !(first_ = false);
    case JsonType::kArray:
      if (!enter_array()) return false;
      while (next_element()) skip();
      return ok_;
    case JsonType::kObject:
      if (!enter_object()) return false;
      while (next_member(text)) skip();
      return ok_;
  }
  return false;
}

bool JsonReader::read_raw(std::string_view& out)
{
  if (type() == JsonType::kNothing) return false;
  const std::size_t begin = at_;
  if (!skip()) return false;
  out = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonReader::finish()
{
  skip_space();
  return ok_ && depth_ == 0 && at_ == text_.size();
}

}  // namespace tokend
