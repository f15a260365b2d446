// An HTTP/1.1 server on 127.0.0.1, on one thread: keeps connections, takes one request at a time from
// each, and can deliver an answer badly. What to answer, and when, its handlers say.
// It measures no time but the pause of a slow delivery; a client that never finishes its request is
// simply waited for.
#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>

#include "tests/provider_double/http_message.hpp"

namespace tokend::provider_double {

enum class Delivery { whole, nothing, half, slowly, endless };

struct Reply {
  Response response;
  Delivery delivery = Delivery::whole;
  std::chrono::milliseconds pause{0};  // between the bytes of a slow one
};

using Answer = std::function<void(Reply)>;  // to be called once, now or later

struct Handlers {
  std::function<bool()> drop_unread;  // asked when bytes of a new request have come: close instead?
  std::function<void(Request, Answer)> handle;
};

class HttpServer {
 public:
  HttpServer(asio::io_context& io, std::uint16_t port, Handlers handlers);  // 0: any free port; listens at once

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept();

  asio::ip::tcp::acceptor acceptor_;
  Handlers handlers_;
};

}  // namespace tokend::provider_double
