// How often this program has allocated so far, and what is in memory when it is given back: operators new and delete
// are replaced in allocations.cpp. What is read there is not yet free.
#pragma once
#include <cstddef>
#include <string_view>

namespace tokend::test {

std::size_t allocations();

// While it exists it looks for a text in every block that is given back. One at a time.
class FreedMemory {
 public:
  explicit FreedMemory(std::string_view text);
  FreedMemory(const FreedMemory&) = delete;
  FreedMemory& operator=(const FreedMemory&) = delete;
  ~FreedMemory();

  std::size_t blocks_with_it() const;
};

}  // namespace tokend::test
