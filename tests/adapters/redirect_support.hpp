// The redirect listener on a thread of its own, and browsers made of blocking sockets in the test's.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/adapters/redirect_listener.hpp"
#include "tests/catch.hpp"

namespace tokend::test {

class Client {  // one TCP connection to this machine
 public:
  explicit Client(std::uint16_t port, bool v6 = false) : fd_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0))
  {
    sockaddr_in6 six{.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    sockaddr_in four{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    connected_ = v6 ? ::connect(fd_, reinterpret_cast<sockaddr*>(&six), sizeof six) == 0
                    : ::connect(fd_, reinterpret_cast<sockaddr*>(&four), sizeof four) == 0;
  }
  Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  ~Client()
  {
    if (fd_ >= 0) ::close(fd_);
  }

  bool connected() const { return connected_; }
  Client& send(std::string_view text)
  {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }
  std::string read_to_end()  // everything until the listener closes
  {
    std::string all;
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(fd_, buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(size));
    return all;
  }

 private:
  int fd_;
  bool connected_ = false;
};

inline std::string get(std::string_view target, std::string_view fields = "")
{
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1:28765\r\n" + std::string(fields) + "\r\n";
}

// Answers each request with `page`, or keeps it until answer_held().
class Listening {
 public:
  Listening() : listener_(std::make_unique<RedirectListener>(io_)), thread_([this] { io_.run(); })
  {
    on_loop([this] {
      listener_->on_request([this](BrowserRequest request, AnswerBrowser answer) {
        std::unique_lock lock(mutex_);
        requests_.push_back(std::move(request));
        if (hold_) held_.push_back(std::move(answer));
        else answer(page_);
        arrived_.notify_all();
      });
    });
  }
  ~Listening()
  {
    on_loop([this] { held_.clear(), listener_.reset(); });
    work_.reset();
    io_.stop();
    thread_.join();
  }

  Result<std::uint16_t> open(RedirectAddress address)
  {
    return on_loop([&] { return listener_->open(address); });
  }
  std::uint16_t open() { return open({.host = "127.0.0.1"}).value(); }
  void close(std::uint16_t port)
  {
    on_loop([&] { listener_->close(port); });
  }
  void answer_with(BrowserPage page)
  {
    on_loop([&] { page_ = std::move(page); });
  }
  void hold()
  {
    on_loop([&] { hold_ = true; });
  }
  void answer_held()
  {
    on_loop([&] {
      for (auto& answer : held_) answer(page_);
      held_.clear();
      hold_ = false;
    });
  }
  void wait_for_requests(std::size_t number)
  {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return requests_.size() >= number; });
  }
  std::vector<BrowserRequest> requests()
  {
    return on_loop([&] { return requests_; });
  }

 private:
  template <class F> auto on_loop(F work) -> decltype(work())
  {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    asio::post(io_, [&task] { task(); });
    return result.get();
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<RedirectListener> listener_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<BrowserRequest> requests_;
  std::vector<AnswerBrowser> held_;
  BrowserPage page_{.html = "<p>hello</p>"};
  bool hold_ = false;
  std::thread thread_;
};

}  // namespace tokend::test
