#include "daemon/session/outbox.hpp"

#include <string.h>  // explicit_bzero

#include <algorithm>

#include "proto/secret.hpp"

namespace tokend {

Outbox::~Outbox() { wipe(bytes_); }

std::span<char> Outbox::append(std::string_view bytes)
{
  const std::size_t start = bytes_.size();
  if (bytes_.capacity() - start < bytes.size()) grow_to(start + bytes.size());
  bytes_.append(bytes);
  return std::span(bytes_).subspan(start);
}

void Outbox::drop_front(std::size_t count)
{
  const std::size_t left = bytes_.size() - count;
  std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(count), bytes_.end(), bytes_.begin());
  explicit_bzero(bytes_.data() + left, count);
  bytes_.resize(left);
}

void Outbox::clear()
{
  explicit_bzero(bytes_.data(), bytes_.size());
  bytes_.clear();
}

void Outbox::release()
{
  wipe(bytes_);
  std::string().swap(bytes_);
}

// std::string would leave what it held in the memory that it gives back.
void Outbox::grow_to(std::size_t needed)
{
  std::string larger;
  larger.reserve(std::max(needed, 2 * bytes_.capacity()));
  larger.append(bytes_);
  wipe(bytes_);
  bytes_.swap(larger);
}

}  // namespace tokend
