#include "daemon/adapters/public_address.hpp"

#include <netinet/in.h>
#include <string.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace tokend {
namespace {

struct Network4 {
  std::uint32_t first;
  unsigned bits;
};
constexpr Network4 kReserved4[] = {
    {0x00000000, 8},   // "this network"
    {0x0A000000, 8},   // 10/8: private
    {0x64400000, 10},  // 100.64/10: behind a carrier's NAT
    {0x7F000000, 8},   // 127/8: loopback
    {0xA9FE0000, 16},  // 169.254/16: link-local, and where clouds hand out credentials
    {0xAC100000, 12},  // 172.16/12: private
    {0xC0000000, 24},  // 192.0.0/24: protocol assignments
    {0xC0000200, 24},  // 192.0.2/24: documentation
    {0xC0A80000, 16},  // 192.168/16: private
    {0xC6120000, 15},  // 198.18/15: benchmarks
    {0xC6336400, 24},  // 198.51.100/24: documentation
    {0xCB007100, 24},  // 203.0.113/24: documentation
    {0xE0000000, 3},   // multicast, reserved, broadcast
};

bool is_public4(std::uint32_t address)
{
  return std::ranges::none_of(kReserved4, [&](const Network4& network) {
    return address >> (32 - network.bits) == network.first >> (32 - network.bits);
  });
}

using Bytes = std::span<const std::uint8_t, 16>;

std::uint32_t number_at(Bytes bytes, std::size_t at)
{
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 |
         bytes[at + 3];
}

bool begins(Bytes bytes, std::initializer_list<std::uint8_t> prefix)
{
  return std::ranges::equal(bytes.first(prefix.size()), prefix);
}

// Only 2000::/3 is given out; of it, 2001::/23 is for protocols (Teredo among them) and 2001:db8::/32 for
// documentation.
bool is_public6(Bytes bytes)
{
  if (begins(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return is_public4(number_at(bytes, 12));     // mapped
  if (begins(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public4(number_at(bytes, 12));  // NAT64
  if (begins(bytes, {0x20, 0x02})) return is_public4(number_at(bytes, 2));                                    // 6to4
  if (begins(bytes, {0x20, 0x01, 0x0D, 0xB8})) return false;
  if (begins(bytes, {0x20, 0x01}) && bytes[2] < 2) return false;
  return bytes[0] >> 5 == 1;
}

}  // namespace

bool is_public_address(const sockaddr& address)
{
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    ::memcpy(&v4, &address, sizeof v4);
    return is_public4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6;
  ::memcpy(&v6, &address, sizeof v6);
  return is_public6(Bytes(v6.sin6_addr.s6_addr));
}

}  // namespace tokend
