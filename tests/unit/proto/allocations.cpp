#include "tests/unit/proto/allocations.hpp"

#include <malloc.h>  // malloc_usable_size
#include <string.h>  // memmem

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count;
std::string_view looked_for;
std::size_t blocks_with_it;

void give_back(void* memory) noexcept
{
  if (memory && !looked_for.empty() && memmem(memory, malloc_usable_size(memory), looked_for.data(), looked_for.size()))
    ++blocks_with_it;
  std::free(memory);
}

}  // namespace

std::size_t tokend::test::allocations() { return count; }

tokend::test::FreedMemory::FreedMemory(std::string_view text)
{
  looked_for = text;
  ::blocks_with_it = 0;
}
tokend::test::FreedMemory::~FreedMemory() { looked_for = {}; }
std::size_t tokend::test::FreedMemory::blocks_with_it() const { return ::blocks_with_it; }

void* operator new(std::size_t size)
{
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
  ++count;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }
