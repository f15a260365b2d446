// The socket's place in the file system.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "daemon/adapters/listening_socket.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;

namespace {

constexpr auto kOwner = ListeningSocket::Audience::kOwner;

mode_t mode_of(const std::string& path)
{
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

int listening_at(const std::string& path, mode_t mode = 0600)
{
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 8) != 0)
    throw std::runtime_error("bind");
  ::chmod(path.c_str(), mode);
  return fd;
}

}  // namespace

TEST_CASE("a socket is made 0600 in a directory 0700, and removed at the end")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "run/socket";
  {
    const auto bound = ListeningSocket::bind_at(path, kOwner);
    REQUIRE(bound);
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(directory / "run") == 0700);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a socket whose daemon has died is replaced")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  ::close(listening_at(path));
  CHECK(ListeningSocket::bind_at(path, kOwner));
}

TEST_CASE("a socket that somebody accepts on is left alone")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  const int other = listening_at(path);
  const auto bound = ListeningSocket::bind_at(path, kOwner);
  REQUIRE_FALSE(bound);
  CHECK(bound.error().reason == "another daemon serves " + path);
  CHECK(std::filesystem::exists(path));
  ::close(other);
}

TEST_CASE("what is not a socket is not replaced")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  std::ofstream(path) << "precious";
  REQUIRE_FALSE(ListeningSocket::bind_at(path, kOwner));
  CHECK(std::filesystem::file_size(path) == 8);
}

TEST_CASE("a socket's directory that others can reach, or a link to one, is refused with the command that mends it")
{
  const TemporaryDirectory directory;
  ::mkdir((directory / "wide").c_str(), 0700);
  ::chmod((directory / "wide").c_str(), 0750);
  const auto wide = ListeningSocket::bind_at(directory / "wide/socket", kOwner);
  REQUIRE_FALSE(wide);
  CHECK(wide.error().next == "chmod 700 " + (directory / "wide"));

  ::mkdir((directory / "everybodys").c_str(), 0700);
  ::chmod((directory / "everybodys").c_str(), 01777);
  const auto everybodys = ListeningSocket::bind_at(directory / "everybodys/socket", kOwner);
  REQUIRE_FALSE(everybodys);
  CHECK_FALSE(everybodys.error().next.contains("chmod"));  // as root that would break /tmp for everybody

  ::mkdir((directory / "real").c_str(), 0700);
  std::filesystem::create_symlink(directory / "real", directory / "link");
  CHECK_FALSE(ListeningSocket::bind_at(directory / "link/socket", kOwner));
}

TEST_CASE("a path that no socket address can hold is refused")
{
  const TemporaryDirectory directory;
  CHECK_FALSE(ListeningSocket::bind_at(directory / std::string(120, 'x'), kOwner));
  CHECK_FALSE(ListeningSocket::bind_at("relative/socket", kOwner));
}

TEST_CASE("a socket that was handed over keeps its path, and its directory is held to the same rules")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  {
    const auto adopted = ListeningSocket::adopt(listening_at(path), kOwner);
    REQUIRE(adopted);
    CHECK(adopted->path() == path);
  }
  CHECK(std::filesystem::exists(path));  // it is not ours to remove
  std::filesystem::remove(path);
  const int fd = listening_at(path);
  ::chmod((directory / ".").c_str(), 0755);
  CHECK_FALSE(ListeningSocket::adopt(fd, kOwner));
}

TEST_CASE("a socket that was handed over and that others could connect to is refused with the command that mends it")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  const auto wide = ListeningSocket::adopt(listening_at(path, 0620), kOwner);
  REQUIRE_FALSE(wide);
  CHECK(wide.error().reason.contains(path + " that was handed over has mode 0620"));
  CHECK(wide.error().next.starts_with("chmod 600 " + path));
  std::filesystem::remove(path);
  CHECK(ListeningSocket::adopt(listening_at(path, 0666), ListeningSocket::Audience::kEveryone));
}

TEST_CASE("a socket that was handed over and that another user owns is refused")
{
  if (::geteuid() != 0) return;
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  const int fd = listening_at(path);
  REQUIRE(::chown(path.c_str(), 12345, 12345) == 0);
  const auto foreign = ListeningSocket::adopt(fd, kOwner);
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().reason.contains("belongs to uid 12345"));
}

TEST_CASE("a socket whose path has gone is not served, since nobody would find it")
{
  const TemporaryDirectory directory;
  const std::string path = directory / "socket";
  const int fd = listening_at(path);
  std::filesystem::remove(path);
  CHECK_FALSE(ListeningSocket::adopt(fd, kOwner));
}
