#include "daemon/adapters/wiping_allocator.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <stdexcept>

namespace tokend {
namespace {

void* openssl_malloc(std::size_t size, const char*, int) { return size == 0 ? nullptr : wiping_malloc(size); }
void* openssl_realloc(void* memory, std::size_t size, const char*, int) { return wiping_realloc(memory, size); }
void openssl_free(void* memory, const char*, int) { wiping_free(memory); }

}  // namespace

void* wiping_malloc(std::size_t size) noexcept { return ::malloc(size); }

void* wiping_calloc(std::size_t count, std::size_t size) noexcept { return ::calloc(count, size); }

// Never ::realloc: what it moves it leaves behind.
void* wiping_realloc(void* memory, std::size_t size) noexcept
{
  if (memory == nullptr) return ::malloc(size);
  if (size == 0) {
    wiping_free(memory);
    return nullptr;
  }
  const std::size_t usable = malloc_usable_size(memory);
  if (size <= usable && size >= usable / 2) return memory;
  void* const moved = ::malloc(size);
  if (moved == nullptr) return nullptr;
  ::memcpy(moved, memory, std::min(size, usable));
  wiping_free(memory);
  return moved;
}

char* wiping_strdup(const char* text) noexcept
{
  const std::size_t size = ::strlen(text) + 1;
  void* const copy = ::malloc(size);
  return copy == nullptr ? nullptr : static_cast<char*>(::memcpy(copy, text, size));
}

void wiping_free(void* memory) noexcept
{
  if (memory == nullptr) return;
  explicit_bzero(memory, malloc_usable_size(memory));
  ::free(memory);
}

void wipe_library_memory()
{
  ::unsetenv("SSLKEYLOGFILE");
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1)
    throw std::runtime_error("OpenSSL allocated memory before its allocator could be set");
  if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc, wiping_strdup,
                           wiping_calloc) != CURLE_OK)
    throw std::runtime_error("libcurl does not start");
}

}  // namespace tokend
