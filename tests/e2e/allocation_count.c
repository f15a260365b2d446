// Loaded in front of the C library: how often any thread of the program asked for memory, by malloc, calloc, realloc or
// operator new, stands in the file $ALLOCATION_COUNT, eight bytes of the machine's order. It is mapped: counting makes no
// system call, and whoever reads the file reads the number of that moment.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t before_the_file;
static _Atomic uint64_t* _Atomic count = &before_the_file;

#ifdef COUNT_BY_SANITIZER
// The sanitizer's allocator stays where it is, and tells.
int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, size_t), void (*)(const volatile void*));

static void count_one(const volatile void* memory, size_t size)
{
  (void)memory, (void)size;
  ++*count;
}
static void ignore(const volatile void* memory) { (void)memory; }
static void watch(void) { __sanitizer_install_malloc_and_free_hooks(count_one, ignore); }
#else
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

void* malloc(size_t size) { return ++*count, __libc_malloc(size); }
void* calloc(size_t number, size_t size) { return ++*count, __libc_calloc(number, size); }
void* realloc(void* memory, size_t size) { return ++*count, __libc_realloc(memory, size); }
void* memalign(size_t boundary, size_t size) { return ++*count, __libc_memalign(boundary, size); }
void* aligned_alloc(size_t boundary, size_t size) { return memalign(boundary, size); }
int posix_memalign(void** memory, size_t boundary, size_t size)
{
  *memory = memalign(boundary, size);
  return *memory ? 0 : ENOMEM;
}
static void watch(void) {}
#endif

__attribute__((constructor)) static void open_count(void)
{
  const char* path = getenv("ALLOCATION_COUNT");
  const int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* shared = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (shared == MAP_FAILED) return;
  count = shared;
  watch();
}
