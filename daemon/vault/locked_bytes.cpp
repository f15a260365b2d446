#include "daemon/vault/locked_bytes.hpp"

#include <sodium.h>

#include <cstring>
#include <new>
#include <utility>

namespace tokend {

LockedBytes::LockedBytes(std::size_t size) : bytes_(static_cast<char*>(sodium_malloc(size))), size_(size)
{
  if (!bytes_) throw std::bad_alloc();
  std::memset(bytes_.get(), 0, size_);
}

LockedBytes::LockedBytes(std::string_view contents) : LockedBytes(contents.size())
{
  if (!contents.empty()) std::memcpy(bytes_.get(), contents.data(), contents.size());
}

LockedBytes::LockedBytes(LockedBytes&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0))
{
}

LockedBytes& LockedBytes::operator=(LockedBytes&& other) noexcept
{
  bytes_ = std::move(other.bytes_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

void LockedBytes::Free::operator()(char* bytes) const noexcept { sodium_free(bytes); }  // wipes

}  // namespace tokend
