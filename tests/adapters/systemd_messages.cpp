// What systemd is told and what it hands over, with the test in systemd's place.
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/adapters/systemd.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;

namespace {

class NotifySocket {
 public:
  NotifySocket()
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("bind");
    ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~NotifySocket()
  {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd_);
  }
  std::string next()
  {
    char text[512];
    const ssize_t size = ::recv(fd_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  TemporaryDirectory directory_;
  std::string path_ = directory_ / "notify";
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace

TEST_CASE("systemd is told when the daemon is ready, reloads and stops")
{
  NotifySocket socket;
  systemd::notify_ready("serving 3 accounts");
  CHECK(socket.next() == "READY=1\nSTATUS=serving 3 accounts");
  systemd::notify_reloading();
  CHECK(socket.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  systemd::notify_stopping();
  CHECK(socket.next() == "STOPPING=1");
  CHECK(socket.next() == "(nothing)");
}

TEST_CASE("without systemd nothing is told and nothing is taken")
{
  systemd::notify_ready("");
  const auto taken = systemd::take_listening_socket();
  REQUIRE(taken);
  CHECK_FALSE(*taken);
}

TEST_CASE("sockets that systemd passed to another process are not ours")
{
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_PID", "1", 1);
  const auto taken = systemd::take_listening_socket();
  REQUIRE(taken);
  CHECK_FALSE(*taken);
  CHECK(::getenv("LISTEN_FDS") == nullptr);
}

TEST_CASE("what systemd passed must be one listening Unix socket")
{
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", "2", 1);
  CHECK_FALSE(systemd::take_listening_socket());
}
