// What operator delete leaves behind. It looks at memory that was freed, which no correct program may do: the allocator
// itself writes into the first 16 bytes, the rest stands as it was left.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

#include "tests/catch.hpp"

namespace {

constexpr std::size_t kSize = 512;
struct alignas(64) Aligned {
  char bytes[kSize];
};

bool is_wiped(std::uintptr_t address)
{
  const auto* const bytes = reinterpret_cast<const volatile char*>(address);
  return std::all_of(bytes + 16, bytes + kSize, [](char byte) { return byte == 0; });
}

}  // namespace

TEST_CASE("memory is wiped when it is deleted")
{
  auto* const bytes = new char[kSize];
  std::memset(bytes, 's', kSize);
  volatile std::uintptr_t address = reinterpret_cast<std::uintptr_t>(bytes);
  delete[] bytes;
  CHECK(is_wiped(address));
}

TEST_CASE("aligned memory is wiped too, and is aligned")
{
  auto* const aligned = new Aligned;
  std::memset(aligned->bytes, 's', kSize);
  volatile std::uintptr_t address = reinterpret_cast<std::uintptr_t>(aligned);
  CHECK(address % 64 == 0);
  delete aligned;
  CHECK(is_wiped(address));
}

TEST_CASE("a string that grows leaves nothing behind")
{
  std::string text(kSize, 's');
  volatile std::uintptr_t address = reinterpret_cast<std::uintptr_t>(text.data());
  text.append(4 * kSize, 's');
  CHECK(is_wiped(address));
}
