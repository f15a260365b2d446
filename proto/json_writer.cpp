#include "proto/json_writer.hpp"

#include <array>
#include <charconv>

#include "proto/utf8.hpp"

namespace tokend {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void append_escape(std::string& out, unsigned char c)
{
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 0xF];
}

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7F; }

void append_text(std::string& out, std::string_view text)
{
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text, at);
    if (needs_escape(c)) append_escape(out, c);
    else if (length == 0) out += kReplacement;
    else out += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
}

}  // namespace

void JsonWriter::separate()
{
  if (comma_) *out_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::begin(char opening)
{
  separate();
  *out_ += opening;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char closing)
{
  *out_ += closing;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::name(std::string_view text)
{
  value(text);
  *out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text)
{
  separate();
  *out_ += '"';
  append_text(*out_, text);
  *out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number)
{
  separate();
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out_->append(digits.data(), end);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json)
{
  separate();
  *out_ += json;
  return *this;
}

}  // namespace tokend
