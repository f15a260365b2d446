#include "daemon/adapters/socket_owners.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace tokend {
namespace {

constexpr int kMostAnswers = 4;  // the one that is wanted, and what earlier questions may have left
constexpr std::size_t kMostBytes = 1024;
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // of ::ffff:a.b.c.d

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 body;
};
struct Answer {
  nlmsghdr header;
  inet_diag_msg body;
};

bool is_v4(const TcpEnd& end) { return std::ranges::equal(kMapped, std::span(end.address).first<kMapped.size()>()); }

void write_address(const TcpEnd& end, __be32 (&words)[4])
{
  const auto bytes = std::span(end.address).subspan(is_v4(end) ? kMapped.size() : 0);
  std::memcpy(words, bytes.data(), bytes.size());
}

TcpEnd read_end(std::uint8_t family, const __be32 (&words)[4], __be16 port)
{
  TcpEnd end{.port = ntohs(port)};
  std::size_t at = 0;
  if (family == AF_INET) {
    std::ranges::copy(kMapped, end.address.begin());
    at = kMapped.size();
  }
  std::memcpy(end.address.data() + at, words, end.address.size() - at);
  return end;
}

Question question(const TcpEnd& local, const TcpEnd& remote, std::uint32_t number)
{
  Question asked{};
  asked.header = {.nlmsg_len = sizeof asked,
                  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                  .nlmsg_flags = NLM_F_REQUEST,  // no NLM_F_DUMP: one socket
                  .nlmsg_seq = number};
  asked.body.sdiag_family = is_v4(local) ? AF_INET : AF_INET6;
  asked.body.sdiag_protocol = IPPROTO_TCP;
  asked.body.idiag_states = ~0U;
  write_address(local, asked.body.id.idiag_src);
  write_address(remote, asked.body.id.idiag_dst);
  asked.body.id.idiag_sport = htons(local.port);
  asked.body.id.idiag_dport = htons(remote.port);
  asked.body.id.idiag_cookie[0] = asked.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return asked;
}

// Where there is no such connection, the kernel may answer with whoever listens at its address.
bool is_about(const inet_diag_msg& answer, const TcpEnd& local, const TcpEnd& remote)
{
  return read_end(answer.idiag_family, answer.id.idiag_src, answer.id.idiag_sport) == local &&
         read_end(answer.idiag_family, answer.id.idiag_dst, answer.id.idiag_dport) == remote;
}

}  // namespace

// Connected to the kernel (port id 0): nobody else's messages arrive here.
SocketOwners::SocketOwners()
    : kernel_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG))
{
  const sockaddr_nl kernel{.nl_family = AF_NETLINK};
  if (::connect(kernel_.get(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0)
    kernel_ = FileDescriptor();
}

std::optional<uid_t> SocketOwners::owner(const TcpEnd& local, const TcpEnd& remote)
{
  const Question asked = question(local, remote, ++asked_);
  if (::send(kernel_.get(), &asked, sizeof asked, MSG_DONTWAIT) != sizeof asked) return std::nullopt;
  for (int answers = 0; answers < kMostAnswers; ++answers) {
    alignas(nlmsghdr) std::array<std::byte, kMostBytes> bytes;
    const ssize_t size = ::recv(kernel_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < ssize_t{sizeof(nlmsghdr)}) return std::nullopt;
    Answer answer{};
    std::memcpy(&answer, bytes.data(), std::min(sizeof answer, static_cast<std::size_t>(size)));
    if (answer.header.nlmsg_seq != asked_) continue;
    const bool whole = size >= ssize_t{sizeof answer} && answer.header.nlmsg_type == SOCK_DIAG_BY_FAMILY;
    return whole && is_about(answer.body, local, remote) ? std::optional(answer.body.idiag_uid) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace tokend
