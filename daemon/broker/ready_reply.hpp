// A token answer, serialised once and handed out many times: from the second request on a caller costs one copy.
// Two faces in one locked buffer: the whole varlink message, and the body of the HTTP answer, in which expires_in is a
// field of fixed width that is padded with spaces, because it changes with every second.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/ports/time.hpp"
#include "daemon/vault/locked_bytes.hpp"

namespace tokend {

inline constexpr std::size_t kExpiresInWidth = 10;

struct ReadyReply {
  LockedBytes bytes;
  std::size_t varlink_size = 0;                  // bytes [0, varlink_size): {"parameters":{...}} and its NUL
  std::optional<std::size_t> expires_in_offset;  // into http_body()
  std::optional<BootTime> expires;
  std::uint64_t serial = 0;  // of the token it was made from
  BootTime last_used{};      // dropped after ten unused minutes

  std::string_view varlink() const { return bytes.view().substr(0, varlink_size); }
  std::string_view http_body() const { return bytes.view().substr(varlink_size); }
};

// Writes the seconds that are left into a copy of http_body(). field: kExpiresInWidth bytes at expires_in_offset.
void write_expires_in(std::span<char> field, Seconds left);

}  // namespace tokend
