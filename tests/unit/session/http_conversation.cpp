// How an HTTP conversation runs, and who is turned away from it.
#include <fmt/format.h>

#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace tokend::test {
namespace {

using Catch::Matchers::StartsWith;
using tokend::test::Contains;

std::vector<HttpAnswer> answers_in(std::string_view received)
{
  std::vector<HttpAnswer> answers;
  while (!received.empty()) answers.push_back(parse_answer(received));
  return answers;
}

struct Connected : Daemon {
  // On a connection of its own.
  HttpAnswer ask(std::string_view request)
  {
    Client client(*this);
    const auto answers = answers_in(client.ask(request));
    INFO(request);
    REQUIRE(answers.size() == 1);
    CHECK(client.closed() == answers[0].has("Connection: close"));
    CHECK(answers[0].has("Cache-Control: no-store"));
    return answers[0];
  }
};

const std::string kToken = get("/v1/token/robot");
const std::string kStatus = get("/v1/status");
const std::string kPost = post("io.tokend.Broker.GetAccount", R"({"account":"ana"})");

TEST_CASE("requests are answered alike wherever the reads cut them")
{
  const std::string requests = kToken + kPost + kStatus;
  Daemon whole;
  const std::string expected = Client(whole).ask(requests);
  REQUIRE(answers_in(expected).size() == 3);
  Daemon daemon;
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    Client client(daemon);
    std::string received = client.ask(requests.substr(0, cut));
    received += client.ask(requests.substr(cut));
    CHECK(received == expected);
  }
  Client client(daemon);
  client.send_in_pieces(requests, 1);
  CHECK(client.received() == expected);
}

TEST_CASE_METHOD(Connected, "pipelined requests are answered in order, though the first one waits")
{
  http.held = true;
  Client client(*this);
  client.send(kToken + kStatus + get("/nowhere") + kToken);
  run();
  CHECK(client.next() == Next::kParked);
  CHECK(client.received().empty());
  http.release();
  run();
  const auto answers = answers_in(client.received());
  REQUIRE(answers.size() == 4);
  CHECK(answers[0].body.contains("access_token"));
  CHECK(answers[1].body.contains("version"));
  CHECK(answers[2].status == 404);
  CHECK(answers[3].body == answers[0].body);
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Connected, "Connection: close and HTTP/1.0 end the connection behind their answer")
{
  Client client(*this);
  const auto answers = answers_in(client.ask(kStatus + get("/v1/status", "Connection: close\r\n") + kStatus));
  REQUIRE(answers.size() == 2);
  CHECK_FALSE(answers[0].has("Connection: close"));
  CHECK(answers[1].has("Connection: close"));
  CHECK(client.closed());

  const HttpAnswer old = ask("GET /v1/token/robot HTTP/1.0\r\n\r\n");
  CHECK(old.status == 200);
  CHECK(old.has("Connection: close"));
}

TEST_CASE_METHOD(Connected, "web pages are turned away, whatever they ask")
{
  for (const char* field :
       {"Origin: https://evil.example", "origin: null", "Sec-Fetch-Site: same-origin", "sec-fetch-mode: no-cors"}) {
    const HttpAnswer answer = ask(get("/v1/token/robot", std::string(field) + "\r\n"));
    CHECK(answer.status == 403);
    CHECK_THAT(answer.body, StartsWith(R"({"error":"forbidden")"));
    CHECK(ask(get("/nowhere", std::string(field) + "\r\n")).status == 403);
  }
  CHECK(http.asked == 0);
}

TEST_CASE_METHOD(Connected, "only localhost and tokend are this host")
{
  const auto status = [&](const std::string& head) { return ask("GET /v1/status " + head + "\r\n\r\n").status; };
  CHECK(status("HTTP/1.1\r\nHost: localhost") == 200);
  CHECK(status("HTTP/1.1\r\nHost: TokenD") == 200);
  CHECK(status("HTTP/1.0\r\nHost: localhost") == 200);
  for (const char* host : {"evil.example", "localhost.evil.example", "localhost:8080", "127.0.0.1", ""})
    CHECK(status(std::string("HTTP/1.1\r\nHost: ") + host) == 403);
  CHECK(status("HTTP/1.0\r\nHost: evil.example") == 403);
  CHECK(status("HTTP/1.1") == 400);
  CHECK(status("HTTP/1.1\r\nHost: localhost\r\nHost: localhost") == 400);
}

TEST_CASE_METHOD(Connected, "paths that are not there are not found")
{
  for (const char* path : {"/", "/metrics", "/v1/token", "/v1/token/", "/v1/token/a/b", "/v1/token/%zz",
                           "/v1/accounts/", "/v1/status/", "/v2/status", "/call", "/call/", "/V1/status"}) {
    const HttpAnswer answer = ask(get(path));
    CHECK(answer.status == 404);
    CHECK_THAT(answer.body, StartsWith(R"({"error":"not_found")"));
  }
}

TEST_CASE_METHOD(Connected, "another method is told the one there is")
{
  const auto with = [](std::string_view method, std::string_view path) {
    return fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n\r\n", method, path);
  };
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "Get"}) {
    const HttpAnswer answer = ask(with(method, "/v1/token/robot"));
    CHECK(answer.status == 405);
    CHECK(answer.has("Allow: GET"));
    CHECK_THAT(answer.body, StartsWith(R"({"error":"method_not_allowed")"));
  }
  CHECK(ask(with("GET", "/call/io.tokend.Broker.GetStatus")).has("Allow: POST"));
}

TEST_CASE_METHOD(Connected, "HEAD is not allowed and has no body, so that the next answer is found")
{
  Client client(*this);
  const std::string received = client.ask("HEAD /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n" + kStatus);
  CHECK_THAT(received, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n") && Contains("\r\nAllow: GET\r\n"));
  const std::size_t end = received.find("\r\n\r\n");
  REQUIRE(end != received.npos);
  CHECK_THAT(received.substr(end + 4), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE_METHOD(Connected, "a call in anything but JSON is refused")
{
  const auto with = [](std::string_view type) {
    return fmt::format(
        "POST /call/io.tokend.Broker.GetStatus HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 2\r\n\r\n{{}}", type);
  };
  for (const char* type : {"", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
                           "Content-Type: application/jsonp\r\n", "Content-Type: \r\n"}) {
    const HttpAnswer answer = ask(with(type));
    CHECK(answer.status == 415);
    CHECK_THAT(answer.body, StartsWith(R"({"error":"unsupported_media_type")"));
  }
  CHECK(ask(with("Content-Type: application/json\r\n")).status == 200);
  CHECK(ask(with("content-type: Application/JSON ; charset=utf-8\r\n")).status == 200);
}

TEST_CASE_METHOD(Connected, "what cannot be read is answered with its status and closes")
{
  const auto refused = [&](int status, std::string_view error, const std::string& request) {
    const HttpAnswer answer = ask(request);
    CHECK(answer.status == status);
    CHECK(answer.has("Connection: close"));
    CHECK_THAT(answer.body, StartsWith(fmt::format(R"({{"error":"{}")", error)));
  };
  refused(400, "bad_request", "GET /v1/status\r\n\r\n");
  refused(400, "bad_request", "GET http://localhost/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
  refused(400, "bad_request", "GET /v1/status HTTP/1.1\nHost: localhost\n\n");
  refused(413, "content_too_large",
          "POST /call/io.tokend.Broker.GetStatus HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n");
  refused(431, "header_fields_too_large", get("/v1/status", "X: " + std::string(17'000, 'x') + "\r\n"));
  refused(501, "not_implemented", get("/v1/status", "Transfer-Encoding: chunked\r\n"));
}

TEST_CASE_METHOD(Connected, "answers before an unreadable request are kept, what follows it is not looked at")
{
  Client client(*this);
  const auto answers = answers_in(client.ask(kStatus + "GARBAGE\r\n\r\n" + kStatus));
  REQUIRE(answers.size() == 2);
  CHECK(answers[1].status == 400);
  CHECK(client.closed());
}

TEST_CASE_METHOD(Connected, "a client that stops in the middle of a request is told so")
{
  Client client(*this);
  client.send(kPost.substr(0, kPost.size() - 1));
  CHECK(client.unfinished() == kPost.size() - 1);
  client.finish_sending();
  CHECK(answers_in(client.received()).at(0).status == 400);
  CHECK(client.closed());

  Client content(*this);
  content.ask(kStatus);
  content.finish_sending();
  CHECK(content.received().empty());
  CHECK(content.closed());
}

TEST_CASE_METHOD(Connected, "an HTTP client that leaves while it waits is forgotten")
{
  http.held = true;
  Client client(*this);
  client.send(kToken);
  client.leave();
  http.release();
  run();
  CHECK(client.received().empty());
}

}  // namespace
}  // namespace tokend::test
