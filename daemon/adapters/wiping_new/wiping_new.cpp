// The daemon's global operator new and delete: what is given back is wiped first, whatever it held. Compiled into the
// executable alone, and not under sanitizers (their allocators replace these operators to find bugs).
// The nothrow and array forms of the standard library end here; only the aligned ones need twins of their own.
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <cstddef>
#include <new>

namespace {

void wipe_and_free(void* memory) noexcept
{
  if (memory == nullptr) return;
  explicit_bzero(memory, malloc_usable_size(memory));
  ::free(memory);
}

// The loop that the standard asks of operator new: the new-handler may make room.
template <class Allocate> void* allocate_or_throw(Allocate allocate)
{
  for (;;) {
    if (void* const memory = allocate()) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void* operator new(std::size_t size)
{
  return allocate_or_throw([size] { return ::malloc(size == 0 ? 1 : size); });
}

void* operator new(std::size_t size, std::align_val_t alignment)
{
  const auto boundary = static_cast<std::size_t>(alignment);
  const std::size_t rounded = (size + boundary - 1) / boundary * boundary;
  return allocate_or_throw([=] { return ::aligned_alloc(boundary, rounded == 0 ? boundary : rounded); });
}

void operator delete(void* memory) noexcept { wipe_and_free(memory); }
void operator delete(void* memory, std::size_t) noexcept { wipe_and_free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { wipe_and_free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { wipe_and_free(memory); }
