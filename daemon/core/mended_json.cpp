#include "daemon/core/mended_json.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "proto/utf8.hpp"

namespace tokend {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEscapedReplacement = "\\ufffd";
constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX
constexpr std::size_t kMostDigits = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 0: there is no \uXXXX at the start.
unsigned utf16_unit(std::string_view text)
{
  unsigned unit = 0;
  if (text.size() < kUnicodeEscape || !text.starts_with("\\u")) return 0;
  const char* const end = text.data() + kUnicodeEscape;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  return error == std::errc() && stop == end ? unit : 0;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

struct Step {
  std::size_t taken;
  std::string_view put;
};

Step escape(std::string_view rest)
{
  const unsigned unit = utf16_unit(rest);
  const bool pair = is_high(unit) && is_low(utf16_unit(rest.substr(kUnicodeEscape)));
  if (pair) return {2 * kUnicodeEscape, rest.substr(0, 2 * kUnicodeEscape)};
  if (is_high(unit) || is_low(unit)) return {kUnicodeEscape, kEscapedReplacement};
  return {std::min<std::size_t>(2, rest.size()), rest.substr(0, 2)};
}

Step in_text(std::string_view rest)
{
  if (rest.front() == '\\') return escape(rest);
  const std::size_t length = utf8_length(rest, 0);
  const bool control = static_cast<unsigned char>(rest.front()) < 0x20;
  if (length == 0 || control) return {1, kReplacement};
  return {length, rest.substr(0, length)};
}

Step number(std::string_view rest)
{
  const std::string_view whole = rest.substr(0, rest.find_first_not_of("+-.0123456789eE"));
  const bool negative = whole.starts_with('-');
  const std::string_view digits = whole.substr(negative ? 1 : 0);
  if (digits.size() <= kMostDigits || !std::ranges::all_of(digits, is_digit)) return {whole.size(), whole};
  return {whole.size(), negative ? "-1e20" : "1e20"};
}

Step between_texts(std::string_view rest)
{
  if (rest.front() == '-' || is_digit(rest.front())) return number(rest);
  return {1, rest.substr(0, 1)};
}

}  // namespace

Secret mended_json(std::string_view json)
{
  std::string mended;
  mended.reserve(json.size() * kReplacement.size());  // growing would leave an unwiped copy behind
  bool text = false;
  while (!json.empty()) {
    if (json.front() == '"') text = !text;
    const auto [taken, put] = text ? in_text(json) : between_texts(json);
    mended += put;
    json.remove_prefix(taken);
  }
  return Secret(std::move(mended));
}

}  // namespace tokend
