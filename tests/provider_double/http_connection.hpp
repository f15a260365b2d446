// One connection of the server: reads a request, hands it to the handlers, delivers the answer as the
// reply says, and starts again. It lives as long as an operation or an unanswered request refers to it.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "tests/provider_double/http_server.hpp"

namespace tokend::provider_double {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(asio::ip::tcp::socket socket, const Handlers& handlers);

  void await_request();

 private:
  void read_head();
  void take_head(std::size_t length);
  void read_body(RequestHead head);
  void hand_over(RequestHead head);
  void deliver(const Reply& reply, bool keep_alive);
  void write_whole(std::string text, bool keep_alive);
  void write_slowly(std::string text, std::chrono::milliseconds pause);
  void write_endlessly();
  void close();

  asio::ip::tcp::socket socket_;
  asio::steady_timer pause_;
  const Handlers& handlers_;
  std::string received_;
  std::string sending_;
  std::size_t sent_ = 0;
};

}  // namespace tokend::provider_double
