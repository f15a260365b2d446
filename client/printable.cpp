#include "client/printable.hpp"

#include <algorithm>

#include "proto/utf8.hpp"

namespace tokend::client {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

// U+200E, U+200F, U+202A..U+202E, U+2066..U+2069, U+061C turn the direction of text; U+2028 and U+2029 end lines;
// U+0080..U+009F are control characters.
bool disturbs(std::string_view sequence)
{
  if (sequence.size() == 1) return static_cast<unsigned char>(sequence[0]) < 0x20 || sequence[0] == 0x7F;
  if (sequence.size() == 2) return (sequence[0] == '\xC2' && sequence[1] < '\xA0') || sequence == "\xD8\x9C";
  if (!sequence.starts_with("\xE2\x80") && !sequence.starts_with("\xE2\x81")) return false;
  const unsigned last = static_cast<unsigned char>(sequence[2]);
  if (sequence[1] == '\x81') return last >= 0xA6 && last <= 0xA9;
  return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
}

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Of the code point with this number.
std::size_t place_of(std::string_view text, std::size_t number)
{
  std::size_t at = 0;
  for (; number > 0; --number) at += utf8_length(text, at);
  return at;
}

}  // namespace

std::string printable(std::string_view text)
{
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view sequence = text.substr(at, std::max<std::size_t>(length, 1));
    out += length == 0 || disturbs(sequence) ? kReplacement : sequence;
    at += sequence.size();
  }
  return out;
}

std::size_t columns_of(std::string_view text)
{
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_code_point));
}

std::string shortened(std::string_view text, std::size_t columns)
{
  if (columns_of(text) <= columns) return std::string(text);
  return std::string(text.substr(0, place_of(text, columns == 0 ? 0 : columns - 1)))
      .append(columns == 0 ? "" : kEllipsis);
}

std::string shortened_inside(std::string_view text, std::size_t columns)
{
  const std::size_t all = columns_of(text);
  if (all <= columns || columns == 0) return shortened(text, columns);
  const std::size_t behind = (columns - 1) / 2;
  return shortened(text, columns - behind).append(text.substr(place_of(text, all - behind)));
}

}  // namespace tokend::client
