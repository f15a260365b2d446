// One browser's connection to the redirect listener: one strict request, one reply, the end. No keep-alive: a browser
// brings a handful of requests, and what closes by itself cannot be held open.
//
//   reading (5 s) -> answering (the broker has it) -> writing -> leaving (until the browser has closed) -> gone
#pragma once
#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/ports/redirects.hpp"
#include "proto/http_request.hpp"

namespace tokend {

class RedirectConnection : public std::enable_shared_from_this<RedirectConnection> {
 public:
  using OnRequest = std::function<void(BrowserRequest, AnswerBrowser)>;

  // `policy` is the Content-Security-Policy of every reply.
  RedirectConnection(asio::ip::tcp::socket, std::uint16_t port, std::string policy, OnRequest);

  void start();
  void close();              // at once, whatever it is doing
  void close_unless_busy();  // lets an answer that is due or under way go out
  bool gone() const { return stage_ == Stage::kGone; }
  bool busy() const { return stage_ == Stage::kAnswering || stage_ == Stage::kWriting; }

 private:
  enum class Stage { kReading, kAnswering, kWriting, kLeaving, kGone };

  void read();
  void take(std::string_view bytes);
  void hand_on();
  void answer(const BrowserPage&);
  void write(std::string reply);
  void leave();
  void limit(std::chrono::seconds);
  std::string reply_for(const BrowserPage&) const;

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  std::uint16_t port_;
  std::string policy_;
  OnRequest on_request_;
  HttpRequestReader reader_;
  std::array<char, 4096> input_;
  std::string output_;
  Stage stage_ = Stage::kReading;
};

}  // namespace tokend
