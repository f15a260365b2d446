// Bytes that live in sodium_malloc'd memory: between guard pages, mlocked as far as RLIMIT_MEMLOCK goes, left out of
// core dumps, wiped when they go. For keys and for serialised replies that carry an access token.
// It is no string: the size is fixed at construction, and each one costs at least a page of locked memory.
// sodium_init() must have run.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace tokend {

class LockedBytes {
 public:
  LockedBytes() = default;
  explicit LockedBytes(std::size_t size);           // zeroed; throws std::bad_alloc
  explicit LockedBytes(std::string_view contents);  // a copy; wiping the source is the caller's
  LockedBytes(LockedBytes&&) noexcept;              // leaves the other one empty
  LockedBytes& operator=(LockedBytes&&) noexcept;

  std::string_view view() const { return {bytes_.get(), size_}; }
  std::span<char> writable() { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Free {
    void operator()(char*) const noexcept;
  };
  std::unique_ptr<char[], Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace tokend
