// The one byte encoding under every seal, head and hash: lp(x) = u32le length || x, integers little-endian.
// It is injective: two different lists of fields never give the same bytes. It is not a parser: nothing reads it back.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

template <std::unsigned_integral Integer> std::string little_endian(Integer value)
{
  std::string bytes(sizeof value, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xffU);
    value = static_cast<Integer>(static_cast<std::uint64_t>(value) >> 8U);
  }
  return bytes;
}

inline void append_lp(std::string& out, std::string_view field)
{
  out += little_endian(static_cast<std::uint32_t>(field.size()));
  out += field;
}

inline void append_lp(std::string& out, std::uint32_t field) { append_lp(out, little_endian(field)); }
inline void append_lp(std::string& out, std::uint64_t field) { append_lp(out, little_endian(field)); }

// A label of the format with its terminating NUL: a prefix that no lp() list can imitate.
template <std::size_t N> constexpr std::string_view label(const char (&text)[N]) { return {text, N}; }

}  // namespace tokend
