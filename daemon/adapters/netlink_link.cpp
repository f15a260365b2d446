#include "daemon/adapters/netlink_link.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <cerrno>

namespace tokend {
namespace {

int open_socket()
{
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool leads_out(const nlmsghdr& header)
{
  const void* data = reinterpret_cast<const char*>(&header) + NLMSG_HDRLEN;
  if (header.nlmsg_type == RTM_NEWROUTE && header.nlmsg_len >= NLMSG_LENGTH(sizeof(rtmsg))) {
    const auto& route = *static_cast<const rtmsg*>(data);
    return route.rtm_dst_len == 0 && route.rtm_type == RTN_UNICAST;
  }
  if (header.nlmsg_type == RTM_NEWADDR && header.nlmsg_len >= NLMSG_LENGTH(sizeof(ifaddrmsg)))
    return static_cast<const ifaddrmsg*>(data)->ifa_scope == RT_SCOPE_UNIVERSE;
  return false;
}

bool any_leads_out(const char* bytes, std::size_t size)
{
  while (size >= sizeof(nlmsghdr)) {
    const auto& header = *reinterpret_cast<const nlmsghdr*>(bytes);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > size) return false;
    if (leads_out(header)) return true;
    const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), size);
    bytes += step;
    size -= step;
  }
  return false;
}

}  // namespace

NetlinkLink::NetlinkLink(AsioLoop& loop) : socket_(loop.context())
{
  const int fd = open_socket();
  if (fd < 0) return;
  socket_.assign(fd);
  wait();
}

// More news than the socket holds (ENOBUFS) may have held the one that counts.
void NetlinkLink::wait()
{
  socket_.async_read_some(asio::buffer(buffer_), [this](const std::error_code& error, std::size_t size) {
    const bool lost = error.value() == ENOBUFS;
    if (error && !lost) return;
    const bool up = lost || any_leads_out(buffer_.data(), size);
    wait();
    if (up) told_();
  });
}

}  // namespace tokend
