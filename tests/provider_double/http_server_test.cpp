#include "tests/provider_double/http_server.hpp"

#include <asio/connect.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <thread>

#include "tests/catch.hpp"

using namespace tokend::provider_double;
using asio::ip::tcp;

namespace {

constexpr std::string_view kRequest = "POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";

// A server on a thread of its own that answers every request with `reply`.
class RunningServer {
 public:
  explicit RunningServer(Reply reply, bool drop_unread = false)
      : server_(io_, 0,
                {.drop_unread = [drop_unread] { return drop_unread; },
                 .handle =
                     [this, reply = std::move(reply)](const Request& request, const Answer& answer) {
                       bodies_ += request.body;
                       answer(reply);
                     }})
  {
  }
  ~RunningServer()
  {
    asio::post(io_, [this] { io_.stop(); });
    thread_.join();
  }

  tcp::endpoint endpoint() const { return {asio::ip::address_v4::loopback(), server_.port()}; }
  const std::string& bodies() const { return bodies_; }  // read it after an answer has come

 private:
  asio::io_context io_;
  std::string bodies_;
  HttpServer server_;
  std::thread thread_{[this] { io_.run(); }};
};

struct Client {
  explicit Client(const RunningServer& server) { socket.connect(server.endpoint()); }

  void send(std::string_view text) { asio::write(socket, asio::buffer(text)); }
  std::string receive_until(std::string_view end)
  {
    std::string text;
    std::error_code stopped;
    asio::read_until(socket, asio::dynamic_buffer(text), end, stopped);
    return text;
  }
  std::string receive_rest(std::error_code& stopped)
  {
    std::string text;
    asio::read(socket, asio::dynamic_buffer(text), stopped);
    return text;
  }

  asio::io_context io;
  tcp::socket socket{io};
};

Reply hello(Delivery delivery) { return {.response = {200, {}, "hello, world", {}}, .delivery = delivery}; }

}  // namespace

TEST_CASE("one connection carries several requests, whole or in pieces")
{
  RunningServer server(hello(Delivery::whole));
  Client client(server);
  client.send(kRequest);
  CHECK(client.receive_until("world").starts_with("HTTP/1.1 200 OK\r\n"));
  client.send(kRequest.substr(0, 30));
  client.send(kRequest.substr(30));
  CHECK(client.receive_until("world").ends_with("\r\n\r\nhello, world"));
  CHECK(server.bodies() == "hihi");
}

TEST_CASE("a connection can be closed before its request is read")
{
  RunningServer server(hello(Delivery::whole), true);
  Client client(server);
  client.send(kRequest);
  std::error_code stopped;
  CHECK(client.receive_rest(stopped).empty());
  CHECK(stopped);
  CHECK(server.bodies().empty());
}

TEST_CASE("a connection can be closed after its request was read, without an answer")
{
  RunningServer server(hello(Delivery::nothing));
  Client client(server);
  client.send(kRequest);
  std::error_code stopped;
  CHECK(client.receive_rest(stopped).empty());
  CHECK(stopped == asio::error::eof);
  CHECK(server.bodies() == "hi");
}

TEST_CASE("an answer can break off in the middle of its body")
{
  RunningServer server(hello(Delivery::half));
  Client client(server);
  client.send(kRequest);
  std::error_code stopped;
  const auto text = client.receive_rest(stopped);
  CHECK(text.find("Content-Length: 12") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\nhello"));
}

TEST_CASE("a slow answer comes byte by byte and is complete")
{
  RunningServer server(hello(Delivery::slowly));
  Client client(server);
  client.send(kRequest);
  std::error_code stopped;
  CHECK(client.receive_rest(stopped).ends_with("hello, world"));
}

TEST_CASE("an endless answer goes on until the client has enough")
{
  RunningServer server(hello(Delivery::endless));
  Client client(server);
  client.send(kRequest);
  std::string text;
  asio::read(client.socket, asio::dynamic_buffer(text), asio::transfer_at_least(1'000'000));
  CHECK(text.size() >= 1'000'000);
}

TEST_CASE("a request that cannot be read is answered with 400 and the connection ends")
{
  RunningServer server(hello(Delivery::whole));
  Client client(server);
  client.send("nonsense\r\n\r\n");
  std::error_code stopped;
  CHECK(client.receive_rest(stopped).starts_with("HTTP/1.1 400"));
  CHECK(stopped == asio::error::eof);
}
