// Which socket the client takes, and what it says where there is none that it can take.
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include "client/broker_client.hpp"
#include "tests/catch.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::client;
using tokend::test::ScriptedDaemon;

namespace {

// A directory that this thread may not enter as long as it lives, not even as root.
class ForbiddenDirectory {
 public:
  ForbiddenDirectory()
  {
    REQUIRE(mkdtemp(name_) != nullptr);
    REQUIRE(chmod(name_, 0) == 0);
    if (geteuid() == 0) setfsuid(12345);
  }
  ForbiddenDirectory(const ForbiddenDirectory&) = delete;
  ~ForbiddenDirectory()
  {
    if (geteuid() == 0) setfsuid(0);
    prctl(PR_SET_DUMPABLE, 1);  // the leak checker looks on
    rmdir(name_);
  }

  std::string path() const { return std::string(name_) + "/socket"; }

 private:
  char name_[32] = "/tmp/tokend-forbidden-XXXXXX";
};

// Of a program that never accepts.
class DeafSocket {
 public:
  DeafSocket()
  {
    REQUIRE(mkdtemp(directory_) != nullptr);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  DeafSocket(const DeafSocket&) = delete;
  ~DeafSocket()
  {
    unlink(path().c_str());
    rmdir(directory_);
  }

  std::string path() const { return std::string(directory_) + "/socket"; }
  void listen_as(uid_t uid, int backlog) const
  {
    std::thread([&] {
      syscall(SYS_setresuid, -1, uid, -1);  // of this thread alone: libc's function would change that of all
      listen(listener_.get(), backlog);
    }).join();
    prctl(PR_SET_DUMPABLE, 1);  // the leak checker looks on
  }

 private:
  char directory_[32] = "/tmp/tokend-deaf-XXXXXX";
  tokend::FileDescriptor listener_{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

Failure failure(const std::vector<std::string>& paths)
{
  const auto client = BrokerClient::connect(paths, "start it");
  REQUIRE_FALSE(client);
  CHECK(client.error().exit == 4);
  return client.error();
}

}  // namespace

TEST_CASE("a place that is another user's does not end the search")
{
  ScriptedDaemon daemon{{{"GetStatus", {}}}};
  const std::string directory = daemon.path().substr(0, daemon.path().rfind('/'));
  REQUIRE(chmod(directory.c_str(), 0711) == 0);
  REQUIRE(chmod(daemon.path().c_str(), 0666) == 0);
  const ForbiddenDirectory forbidden;
  CHECK(BrokerClient::connect({forbidden.path(), daemon.path()}, ""));
}

TEST_CASE("where nobody is found, all places are named, and the one that is another user's as such")
{
  const ForbiddenDirectory forbidden;
  const Failure nobody = failure({"/nonexistent/a", forbidden.path(), "/nonexistent/c"});
  CHECK(nobody.reason == "no tokend on /nonexistent/a, " + forbidden.path() + " or /nonexistent/c; " +
                             forbidden.path() + " belongs to another user");
  CHECK(nobody.next == "start it");
}

TEST_CASE("a socket of another user that was asked for is told as such")
{
  const ForbiddenDirectory forbidden;
  const Failure refused = failure({forbidden.path()});
  CHECK(refused.reason == forbidden.path() + " belongs to another user");
  CHECK(refused.next == "use a tokend of your own, or --socket");
}

TEST_CASE("a path that no socket can have is told, and does not end the search")
{
  const std::string longest = "/" + std::string(200, 'x');
  CHECK(failure({longest}).reason.contains("too long"));
  CHECK(failure({longest, "/nonexistent/b"}).reason.starts_with("no tokend on " + longest + " or /nonexistent/b; "));
}

TEST_CASE("a daemon that accepts nobody is given up in time")
{
  const DeafSocket full;
  full.listen_as(geteuid(), 0);
  const tokend::FileDescriptor first = connect_to(full.path(), std::chrono::seconds(9));
  REQUIRE(first);  // and there is room for nobody more
  CHECK_FALSE(connect_to(full.path(), std::chrono::milliseconds(1)));
  CHECK(errno == EAGAIN);
}

TEST_CASE("who listens as another user is told nothing, unless that socket was asked for")
{
  if (geteuid() != 0) return;
  const DeafSocket theirs;
  theirs.listen_as(12345, 8);
  const Failure refused = failure({"/nonexistent/a", theirs.path()});
  CHECK(refused.reason.ends_with("; " + theirs.path() + " belongs to another user"));
  CHECK(BrokerClient::connect({theirs.path()}, ""));
}
