#include "tests/adapters/counted/counted_new.hpp"

#include <stdlib.h>

#include <cstddef>
#include <new>

namespace {
thread_local std::uint64_t allocations = 0;
}

std::uint64_t tokend::testing::allocations_of_this_thread() { return allocations; }

void* operator new(std::size_t size)
{
  ++allocations;
  void* const memory = ::malloc(size == 0 ? 1 : size);
  return memory == nullptr ? throw std::bad_alloc() : memory;
}
// Sanitizers would otherwise bring this one, and find its memory freed by another.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
  ++allocations;
  return ::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { ::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { ::free(memory); }
