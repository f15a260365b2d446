#include "tests/unit/client/scripted_daemon.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "tests/catch.hpp"

namespace tokend::test {

namespace {

FileDescriptor listen_on(const std::string& path)
{
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(fd.get(), 8) == 0);
  return fd;
}

void send_message(int fd, const std::string& message)
{
  const std::string bytes = message + '\0';
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

ScriptedDaemon::ScriptedDaemon(std::initializer_list<Connection> script)
{
  char name[] = "/tmp/tokend-client-XXXXXX";
  REQUIRE(mkdtemp(name));
  directory_ = name;
  path_ = directory_ + "/socket";
  listener_ = listen_on(path_);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  stop_reading_ = FileDescriptor(ends[0]);
  stop_ = FileDescriptor(ends[1]);
  thread_ = std::thread([this, all = std::vector(script)] { serve(all); });
}

ScriptedDaemon::~ScriptedDaemon()
{
  calls();
  unlink(path_.c_str());
  rmdir(directory_.c_str());
}

const std::vector<std::string>& ScriptedDaemon::calls()
{
  stop_ = FileDescriptor();  // end of file: whoever still waits gives up
  if (thread_.joinable()) thread_.join();
  return calls_;
}

bool ScriptedDaemon::wait_for(int fd)
{
  return client::wait_readable(fd, stop_reading_.get(), std::nullopt) == client::Waited::kReady;
}

std::string ScriptedDaemon::read_message(int fd)
{
  std::string message;
  for (char c = '\0'; wait_for(fd) && recv(fd, &c, 1, 0) == 1;) {
    if (c == '\0') return message;
    message += c;
  }
  return {};
}

void ScriptedDaemon::serve(std::vector<Connection> script)
{
  std::vector<FileDescriptor> connections;  // open until the end: a stream may be waiting on an earlier one
  for (const Connection& exchanges : script) {
    if (!wait_for(listener_.get())) return;
    connections.emplace_back(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int fd = connections.back().get();
    for (const auto& [method, replies] : exchanges) {
      const std::string message = read_message(fd);
      if (message.empty()) break;
      calls_.push_back(message);
      if (!message.contains("." + method + "\"")) return;
      for (const std::string& one : replies) {
        if (one.empty()) shutdown(fd, SHUT_RDWR);
        else send_message(fd, one);
      }
    }
  }
  while (!connections.empty() && wait_for(-1)) continue;  // until it is told to stop
}

std::string reply(const std::string& parameters) { return R"({"parameters":)" + parameters + "}"; }
std::string continued(const std::string& parameters) { return R"({"continues":true,"parameters":)" + parameters + "}"; }
std::string error(const std::string& name, const std::string& parameters)
{
  return R"({"error":"io.tokend.Broker.)" + name + R"(","parameters":)" + parameters + "}";
}

}  // namespace tokend::test
