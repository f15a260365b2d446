#include "client/unix_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tokend::client {
namespace {

int milliseconds_until(Deadline deadline)
{
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
}

Waited wait_for(int fd, short events, int interrupts, Deadline deadline)
{
  for (;;) {
    std::array<pollfd, 2> fds{{{fd, events, 0}, {interrupts, POLLIN, 0}}};  // poll skips a negative descriptor
    const int ready = poll(fds.data(), fds.size(), milliseconds_until(deadline));
    if (fds[1].revents != 0 && ready > 0) return Waited::kInterrupted;
    if (ready > 0) return Waited::kReady;
    if (ready == 0) return Waited::kTimedOut;
    if (errno != EINTR) return Waited::kReady;  // the read or write that follows says what is wrong
  }
}

void limit_sending(int fd, std::chrono::milliseconds patience)
{
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  const timeval limit{.tv_sec = seconds.count(),
                      .tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(patience - seconds).count()};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

FileDescriptor connect_to(const std::string& path, std::chrono::milliseconds patience)
{
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return {};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  limit_sending(fd.get(), patience);  // connect() waits for room where too many have not been accepted
  if (!fd || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return fd;
}

std::optional<uid_t> peer_uid(int fd)
{
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

Waited wait_readable(int fd, int interrupts, Deadline deadline) { return wait_for(fd, POLLIN, interrupts, deadline); }
Waited wait_writable(int fd, int interrupts, Deadline deadline) { return wait_for(fd, POLLOUT, interrupts, deadline); }

std::size_t receive(int fd, std::span<char> into)
{
  ssize_t count = 0;
  do count = recv(fd, into.data(), into.size(), 0);
  while (count < 0 && errno == EINTR);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::optional<std::size_t> send_some(int fd, std::string_view bytes)
{
  const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == EAGAIN || errno == EINTR) return 0;
  return std::nullopt;
}

}  // namespace tokend::client
