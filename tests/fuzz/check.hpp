// A fuzz target says what must hold; when it does not, the run ends here.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace tokend::fuzz {

inline void check(bool holds)
{
  if (!holds) std::abort();
}

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size)
{
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace tokend::fuzz
