// What a browser sends and gets at the redirect listener, over real sockets.
#include <sys/wait.h>

#include "daemon/core/page_layout.hpp"
#include "tests/adapters/few_descriptors.hpp"
#include "tests/adapters/redirect_support.hpp"
#include "tests/adapters/stranger.hpp"
#include "tests/root.hpp"

using namespace tokend;
using namespace tokend::test;

TEST_CASE("a request reaches the broker as it was sent")
{
  Listening listening;
  const auto port = listening.open();
  Client(port).send(get("/callback/acme?code=a%20b&state=s")).read_to_end();
  const auto requests = listening.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].port == port);
  CHECK(requests[0].method == "GET");
  CHECK(requests[0].host == "127.0.0.1:28765");
  CHECK(requests[0].path == "/callback/acme");
  CHECK(requests[0].query == "code=a%20b&state=s");
  CHECK_FALSE(requests[0].prefetch);
}

TEST_CASE("every reply carries the security fields, once, and closes the connection")
{
  Listening listening;
  const auto port = listening.open();
  const auto* const request = GENERATE("GET /x HTTP/1.1\r\nHost: h\r\n\r\n", "nonsense\r\n\r\n");
  const auto reply = Client(port).send(request).read_to_end();
  const auto head = reply.substr(0, reply.find("\r\n\r\n") + 2);
  const auto count = [&](const std::string& field) {
    int found = 0;
    for (std::size_t at = 0; (at = head.find("\r\n" + field + "\r\n", at)) != std::string::npos; ++at) ++found;
    return found;
  };
  CHECK(count("Content-Security-Policy: " + content_security_policy()) == 1);
  CHECK(count("Cache-Control: no-store") == 1);
  CHECK(count("Referrer-Policy: no-referrer") == 1);
  CHECK(count("X-Content-Type-Options: nosniff") == 1);
  CHECK(count("Connection: close") == 1);
  CHECK(count("Content-Type: text/html; charset=utf-8") == 1);
  CHECK_FALSE(head.contains("Access-Control"));
  CHECK_FALSE(head.contains("Server:"));
}

TEST_CASE("a page's status, place and renewal become header fields")
{
  Listening listening;
  const auto port = listening.open();
  listening.answer_with({.status = 303, .html = "", .location = "/done/abc"});
  auto reply = Client(port).send(get("/a")).read_to_end();
  CHECK(reply.starts_with("HTTP/1.1 303 See Other\r\n"));
  CHECK(reply.contains("\r\nLocation: /done/abc\r\n"));
  listening.answer_with({.status = 200, .html = "wait", .refresh = Seconds(2)});
  reply = Client(port).send(get("/a")).read_to_end();
  CHECK(reply.contains("\r\nRefresh: 2\r\n"));
  CHECK(reply.ends_with("\r\nContent-Length: 4\r\n\r\nwait"));
  listening.answer_with({.status = 204, .html = ""});
  CHECK_FALSE(
      Client(port).send(get("/a")).read_to_end().contains("Content-"
                                                          "Length"));
}

TEST_CASE("HEAD is answered without a body")
{
  Listening listening;
  const auto reply = Client(listening.open()).send("HEAD /a HTTP/1.1\r\nHost: 127.0.0.1:28765\r\n\r\n").read_to_end();
  CHECK(reply.ends_with("\r\n\r\n"));
  CHECK(listening.requests().at(0).method == "HEAD");
}

TEST_CASE("what loads ahead, or is no navigation of a person, is marked")
{
  Listening listening;
  const auto port = listening.open();
  const auto is_prefetch = [&](const char* field) {
    Client(port).send(get("/a", field)).read_to_end();
    return listening.requests().back().prefetch;
  };
  CHECK(is_prefetch("Sec-Purpose: prefetch;prerender\r\n"));
  CHECK(is_prefetch("Purpose: prefetch\r\n"));
  CHECK(is_prefetch("Sec-Fetch-Mode: no-cors\r\n"));
  CHECK(is_prefetch("sec-fetch-mode: cors\r\n"));
  CHECK_FALSE(is_prefetch("Sec-Fetch-Mode: navigate\r\n"));
}

TEST_CASE("what is no strict HTTP request never reaches the broker")
{
  Listening listening;
  const auto port = listening.open();
  const auto* const request = GENERATE("GET /a HTTP/1.1\nHost: h\n\n", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n",
                                       "GET /a HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
                                       "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n",
                                       "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const auto reply = Client(port).send(request).read_to_end();
  CHECK((reply.starts_with("HTTP/1.1 4") || reply.starts_with("HTTP/1.1 501")));
  CHECK(listening.requests().empty());
}

TEST_CASE("more than 16 KiB of head is refused")
{
  Listening listening;
  const auto reply = Client(listening.open()).send(get("/a?" + std::string(20 * 1024, 'x'))).read_to_end();
  CHECK((reply.starts_with("HTTP/1.1 431") || reply.starts_with("HTTP/1.1 4")));
  CHECK(listening.requests().empty());
}

TEST_CASE("a client that sends half a request is cut off after five seconds, and holds nobody up")
{
  Listening listening;
  const auto port = listening.open();
  Client slow(port);
  slow.send("GET /callback");
  CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
  CHECK(slow.read_to_end().empty());  // returns when the listener hangs up
  CHECK(listening.requests().size() == 1);
}

TEST_CASE("idle connections cannot keep a browser out: the 33rd replaces the oldest of them")
{
  Listening listening;
  const auto port = listening.open();
  std::vector<Client> idle;
  for (std::size_t i = 0; i < RedirectListener::kMostConnections; ++i) idle.emplace_back(port);
  CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
  CHECK(idle.front().read_to_end().empty());
  CHECK(idle.back().send(get("/b")).read_to_end().contains("hello"));
}

TEST_CASE("with 32 requests waiting for their page the 33rd connection is closed, and those are answered")
{
  Listening listening;
  const auto port = listening.open();
  listening.hold();
  std::vector<Client> waiting;
  for (std::size_t i = 0; i < RedirectListener::kMostConnections; ++i) {
    waiting.emplace_back(port).send(get("/done/x"));
    listening.wait_for_requests(i + 1);
  }
  CHECK(Client(port).read_to_end().empty());
  listening.answer_held();
  for (auto& client : waiting) CHECK(client.read_to_end().contains("hello"));
}

TEST_CASE("an answer for a browser that has gone is dropped")
{
  Listening listening;
  const auto port = listening.open();
  listening.hold();
  {
    Client gone(port);
    gone.send(get("/a"));
    listening.wait_for_requests(1);
  }
  listening.answer_held();
  CHECK(Client(port).send(get("/b")).read_to_end().contains("hello"));
}

TEST_CASE("an answer that is due still goes out after its port was closed")
{
  Listening listening;
  const auto port = listening.open();
  listening.hold();
  Client client(port);
  client.send(get("/a"));
  listening.wait_for_requests(1);
  listening.close(port);
  listening.answer_held();
  CHECK(client.read_to_end().contains("hello"));
}

TEST_CASE("another user of this machine is not heard", "[root]")
{
  if (left_out()) return;  // only root can become somebody else
  Listening listening;
  const auto port = listening.open();
  const auto child = ::fork();
  if (child == 0) {
    if (::setresuid(12345, 12345, 12345) != 0) ::_exit(2);
    Client stranger(port);
    stranger.send(get("/callback/acme?code=c"));
    char byte = 0;
    ::_exit(stranger.connected() && !stranger.read_to_end().empty() ? 1 : byte);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(listening.requests().empty());
  CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
}

TEST_CASE("another user is told apart without opening a file: the kernel's table is as long as they make it", "[root]")
{
  if (left_out()) return;
  Listening listening;
  const auto port = listening.open();
  const tokend::testing::FewDescriptors two(2);  // the client's, and ours of the same connection
  const auto client = Stranger::connect_to(port);
  CHECK(client->send(get("/callback/acme?code=c")).read_to_end().empty());
  CHECK(listening.requests().empty());
}
