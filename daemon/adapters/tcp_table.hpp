// The kernel's list of TCP sockets, /proc/net/tcp and tcp6: who holds a port. Read when asked; nothing is kept. It is
// as long as others make it, so it is for an error message and not for each connection (socket_owners). A socket of
// another network namespace, or a /proc that hides it, is simply not there: callers treat "not there" as "not known".
#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tokend {

struct TcpEnd {
  std::array<std::uint8_t, 16> address{};  // IPv6, or IPv4 as ::ffff:a.b.c.d
  std::uint16_t port = 0;

  bool operator==(const TcpEnd&) const = default;
};
struct TcpSocket {
  TcpEnd local;
  bool listening = false;
  uid_t uid = 0;
  std::uint64_t inode = 0;  // 0: no process holds it any more
};

std::optional<TcpSocket> parse_tcp_line(std::string_view line);  // nullopt: the heading, or not understood
std::vector<TcpSocket> read_tcp_table();

}  // namespace tokend
