// Memory that is wiped when it is given back. Parsers, fmt, curl and OpenSSL keep copies of secrets in buffers of their
// own; here they die with the buffer. It locks nothing and does not reach stacks: see docs/SECURITY.md.
//
// Two parts. wipe_library_memory() hooks curl's and OpenSSL's allocation functions. The global operator delete stands
// in wiping_new.cpp, which is linked into the daemon's executable alone (CMake: tokend_wiping_new) and left out under
// sanitizers, which bring allocators of their own.
#pragma once
#include <cstddef>

namespace tokend {

// Once, as one of main's first statements, before any thread and before curl or OpenSSL has allocated. Also forgets
// SSLKEYLOGFILE, which curl would honour. Calls curl_global_init. Throws std::runtime_error if a library refuses.
void wipe_library_memory();

void* wiping_malloc(std::size_t size) noexcept;
void* wiping_calloc(std::size_t count, std::size_t size) noexcept;
void* wiping_realloc(void* memory, std::size_t size) noexcept;  // size 0 frees; on failure the old memory is kept
char* wiping_strdup(const char* text) noexcept;
void wiping_free(void* memory) noexcept;

}  // namespace tokend
