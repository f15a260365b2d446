#include "daemon/adapters/systemd.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "proto/file_descriptor.hpp"

namespace tokend::systemd {
namespace {

void notify(const std::string& state) { ::sd_notify(0, state.c_str()); }

long long monotonic_microseconds()
{
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000LL + time.tv_nsec / 1000;
}

}  // namespace

void notify_ready(std::string_view status) { notify(fmt::format("READY=1\nSTATUS={}", status)); }

// Type=notify-reload pairs the message with a reload by its time; Type=notify ignores the field.
void notify_reloading() { notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds())); }

void notify_stopping() { notify("STOPPING=1"); }

Result<std::optional<int>> take_listening_socket()
{
  const int count = ::sd_listen_fds(1);
  if (count < 0) return fail(ErrorCode::kInternal, "systemd's LISTEN_FDS cannot be read");
  if (count == 0) return std::nullopt;
  if (count > 1) return fail(ErrorCode::kInternal, fmt::format("systemd passed {} sockets, expected one", count));
  if (::sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, nullptr, 0) <= 0)
    return fail(ErrorCode::kInternal, "the socket that systemd passed is not a listening Unix stream socket");
  return SD_LISTEN_FDS_START;
}

void turn_clients_away()
{
  const auto socket = take_listening_socket();
  if (!socket || !*socket) return;
  pollfd waiting{.fd = **socket, .events = POLLIN, .revents = 0};  // it may be a blocking one
  while (::poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0) {
    const FileDescriptor client(::accept4(waiting.fd, nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
  }
}

}  // namespace tokend::systemd
