#include "proto/secret.hpp"

#include <string.h>  // explicit_bzero

namespace tokend {

void wipe(std::string& bytes) noexcept
{
  bytes.resize(bytes.capacity());  // never reallocates: the size asked for is the capacity
  explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

void append_wiping(std::string& bytes, std::string_view more)
{
  if (bytes.capacity() - bytes.size() < more.size()) {
    std::string larger;
    larger.reserve(2 * (bytes.size() + more.size()));
    larger = bytes;
    wipe(bytes);
    bytes = std::move(larger);
  }
  bytes += more;
}

Secret& Secret::operator=(Secret&& other) noexcept
{
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = std::move(other.bytes_);
  wipe(other.bytes_);
  return *this;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept
{
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const volatile unsigned char bits = static_cast<unsigned char>(a[i] ^ b[i]);
    difference = static_cast<unsigned char>(difference | bits);
  }
  return difference == 0;
}

bool operator==(const Secret& a, const Secret& b) noexcept { return constant_time_equal(a.reveal(), b.reveal()); }

}  // namespace tokend
