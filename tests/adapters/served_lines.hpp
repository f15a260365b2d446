// For the listener's tests: a listener on a socket in a temporary directory, served by a loop on the test's thread to
// blocking clients on a thread of their own, and a session that speaks lines.
//   echo TEXT -> TEXT    size N -> N bytes and a newline    park, stream -> waits for the test    throw -> an exception
#pragma once
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/unix_listener.hpp"

namespace tokend::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory()
  {
    std::string pattern = (std::filesystem::temp_directory_path() / "tokend-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// What the sessions of one test have in common with it. Loop thread.
struct Lines {
  std::vector<class LineSession*> alive;
  std::function<void(class LineSession&)> on_parked = [](LineSession&) {};
  int gone = 0;
};

class LineSession final : public Session {
 public:
  LineSession(Lines& lines, SessionHost& host) : lines_(lines), host_(host) { lines_.alive.push_back(this); }
  ~LineSession() override { std::erase(lines_.alive, this); }

  Next on_bytes(std::span<const char> bytes, Outbox& out) override
  {
    if (!rest_.empty()) {
      rest_.append(bytes.data(), bytes.size());
      return consume(std::exchange(rest_, {}), out);
    }
    return consume(std::string_view(bytes.data(), bytes.size()), out);
  }
  Next on_wake(Outbox& out) override
  {
    out.append(std::exchange(say, {}));
    if (streaming_) return Next::kStreaming;
    return consume(std::exchange(rest_, {}), out);
  }
  Next on_eof(Outbox&) override { return Next::kRead; }
  void on_peer_gone() noexcept override { ++lines_.gone; }
  std::size_t unfinished() const noexcept override { return rest_.size(); }

  void tell(std::string text)
  {
    say = std::move(text);
    host_.wake();
  }
  std::string say;

 private:
  Next consume(std::string_view input, Outbox& out)
  {
    for (std::size_t end; (end = input.find('\n')) != input.npos; input.remove_prefix(end + 1)) {
      if (out.full()) return keep(input, Next::kYield);
      const std::string_view line = input.substr(0, end);
      if (line == "throw") throw std::runtime_error("a broken machine");
      if (line.starts_with("echo ")) {
        out.append(line.substr(5));
        out.append('\n');
      } else if (line.starts_with("size ")) {
        out.append(std::string(std::stoul(std::string(line.substr(5))), 'x') + '\n');
      } else {
        streaming_ = line == "stream";
        lines_.on_parked(*this);
        return keep(input.substr(end + 1), streaming_ ? Next::kStreaming : Next::kParked);
      }
    }
    return keep(input, Next::kRead);
  }
  Next keep(std::string_view rest, Next next)
  {
    rest_ = rest;
    return next;
  }

  Lines& lines_;
  SessionHost& host_;
  std::string rest_;
  bool streaming_ = false;
};

// A blocking client; no call waits longer than 20 s.
class Client {
 public:
  explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
  {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    address_.sun_family = AF_UNIX;
    path.copy(address_.sun_path, sizeof address_.sun_path - 1);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(fd_); }

  Client& connect()
  {
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0)
      throw std::runtime_error("connect");
    return *this;
  }
  bool send(std::string_view bytes)
  {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void shut_down_writing() { ::shutdown(fd_, SHUT_WR); }
  std::string read_line()
  {
    std::size_t end;
    while ((end = unread_.find('\n')) == unread_.npos) {
      char part[65536];
      const ssize_t size = receive(part, sizeof part);
      if (size <= 0) return std::exchange(unread_, {}) + " (cut off)";
      unread_.append(part, static_cast<std::size_t>(size));
    }
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
  }
  std::string read_to_end()
  {
    std::string all = std::exchange(unread_, {});
    char part[65536];
    for (ssize_t size; (size = receive(part, sizeof part)) > 0;) all.append(part, static_cast<std::size_t>(size));
    return all;
  }
  void take(std::size_t most)  // of what is there
  {
    std::string part(most, '\0');
    (void)::recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
  }
  void wait_for_hang_up()  // without reading
  {
    pollfd hang_up{.fd = fd_, .events = 0, .revents = 0};
    if (::poll(&hang_up, 1, 20'000) != 1) throw std::runtime_error("the daemon did not close");
  }

 private:
  ssize_t receive(char* buffer, std::size_t size)  // a reset is an end too; silence is not
  {
    const ssize_t received = ::recv(fd_, buffer, size, 0);
    if (received < 0 && errno == EAGAIN) throw std::runtime_error("the daemon is silent");
    return received;
  }

  int fd_;
  std::string unread_;
  sockaddr_un address_{};
};

class Served {
 public:
  explicit Served(UnixListener::Options options = {})
  {
    auto bound = ListeningSocket::bind_at(path, ListeningSocket::Audience::kOwner);
    if (!bound) throw std::runtime_error(bound.error().reason);
    listener.emplace(
        loop, log, std::move(*bound),
        [this](const PeerCredentials&, SessionHost& host) { return std::make_unique<LineSession>(lines, host); },
        options);
  }
  // Serves until the client's function has returned; what it throws is thrown here.
  void while_running(std::function<void()> client)
  {
    std::exception_ptr thrown;
    std::thread thread([&] {
      try {
        client();
      } catch (...) {
        thrown = std::current_exception();
      }
      loop.post_from_any_thread([this] { loop.stop(); });
    });
    loop.run();
    thread.join();
    if (thrown) std::rethrow_exception(thrown);
    loop.run_ready();
  }

  TemporaryDirectory directory;
  std::string path = directory / "run/socket";
  AsioLoop loop;
  Log log{LogLevel::kError, STDERR_FILENO, false};
  Lines lines;
  std::optional<UnixListener> listener;
};

}  // namespace tokend::testing
