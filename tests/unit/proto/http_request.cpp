#include "proto/http_request.hpp"

#include "tests/catch.hpp"
#include "tests/unit/vectors.hpp"

using tokend::HttpRequestReader;
using Progress = tokend::HttpRequestReader::Progress;

namespace {

const std::string kPost =
    "POST /call/io.tokend.Broker.Login?x=1&y HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "content-length: 11\r\n\r\n{\"a\":\"b c\"}";
const std::string kGet = "GET /v1/status HTTP/1.1\r\nHost: tokend\r\n\r\n";

Progress feed(HttpRequestReader& reader, std::string_view bytes) { return reader.next(bytes); }

void check_is_post(const HttpRequestReader& reader)
{
  CHECK(reader.request().method == "POST");
  CHECK(reader.request().path == "/call/io.tokend.Broker.Login");
  CHECK(reader.request().query == "x=1&y");
  CHECK(reader.request().field("CONTENT-TYPE") == "application/json");
  CHECK(reader.request().body == R"({"a":"b c"})");
  CHECK(reader.request().keep_alive);
}

}  // namespace

TEST_CASE("an HTTP request is taken or refused with the status that fits, whole or byte by byte")
{
  for (const auto& vector : tokend::test::load_vectors("http_request.txt")) {
    INFO(vector.line);
    HttpRequestReader whole, by_byte;
    const auto verdict = [&](const HttpRequestReader& reader, Progress progress) {
      if (progress == Progress::kNeedMore) return std::string("more");
      return progress == Progress::kRequest ? "good" : std::to_string(reader.status());
    };
    CHECK(verdict(whole, feed(whole, vector.text)) == vector.verdict);
    Progress progress = Progress::kNeedMore;
    for (std::size_t at = 0; at < vector.text.size() && progress == Progress::kNeedMore; ++at)
      progress = feed(by_byte, std::string_view(vector.text).substr(at, 1));
    CHECK(verdict(by_byte, progress) == vector.verdict);
  }
}

TEST_CASE("a request is read alike wherever it is cut")
{
  for (std::size_t cut = 0; cut < kPost.size(); ++cut) {
    HttpRequestReader reader;
    INFO(cut);
    REQUIRE(feed(reader, std::string_view(kPost).substr(0, cut)) == Progress::kNeedMore);
    REQUIRE(feed(reader, std::string_view(kPost).substr(cut)) == Progress::kRequest);
    check_is_post(reader);
  }
}

TEST_CASE("pipelined requests are taken one at a time")
{
  const std::string bytes = kPost + kGet + kPost;
  HttpRequestReader reader;
  std::string_view input = bytes;
  REQUIRE(reader.next(input) == Progress::kRequest);
  check_is_post(reader);
  CHECK(input.size() == kGet.size() + kPost.size());
  REQUIRE(reader.next(input) == Progress::kRequest);
  CHECK(reader.request().path == "/v1/status");
  CHECK(reader.request().body.empty());
  CHECK(reader.request().fields.size() == 1);
  REQUIRE(reader.next(input) == Progress::kRequest);
  check_is_post(reader);
  CHECK(input.empty());
  CHECK(reader.next(input) == Progress::kNeedMore);
}

TEST_CASE("a head of 16 KiB is taken, a longer one is 431 without waiting for its end")
{
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string end = "\r\n\r\n";
  const std::string fits(16 * 1024 - begin.size() - end.size(), 'x');
  HttpRequestReader taken, refused, endless;
  CHECK(feed(taken, begin + fits + end) == Progress::kRequest);
  CHECK(feed(refused, begin + fits + "x" + end) == Progress::kRefused);
  CHECK(refused.status() == 431);
  CHECK(feed(endless, begin + fits + "xxxx") == Progress::kRefused);
  CHECK(endless.status() == 431);
}

TEST_CASE("a hundred fields are taken, one more is 431")
{
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 1; i < 100; ++i) head += "X: y\r\n";
  HttpRequestReader taken, refused;
  CHECK(feed(taken, head + "\r\n") == Progress::kRequest);
  CHECK(taken.request().count("x") == 99);
  CHECK(feed(refused, head + "X: y\r\n\r\n") == Progress::kRefused);
  CHECK(refused.status() == 431);
}

TEST_CASE("a body of 64 KiB is taken")
{
  const std::string body(64 * 1024, 'x');
  HttpRequestReader reader;
  REQUIRE(feed(reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n") == Progress::kNeedMore);
  REQUIRE(feed(reader, body) == Progress::kRequest);
  CHECK(reader.request().body == body);
}

TEST_CASE("the limits are the owner's")
{
  HttpRequestReader reader({.head = 32, .fields = 1, .body = 0});
  CHECK(feed(reader, "GET / HTTP/1.1\r\nHost: a\r\n\r\n") == Progress::kRequest);
  CHECK(feed(reader, "GET /much/too/long/a/path HTTP/1.1\r\n") == Progress::kRefused);
}

TEST_CASE("a refused connection stays refused")
{
  HttpRequestReader reader;
  REQUIRE(feed(reader, "GET / HTTP/3.0\r\n\r\n") == Progress::kRefused);
  CHECK(feed(reader, kGet) == Progress::kRefused);
  CHECK(reader.status() == 400);
}

TEST_CASE("the connection is kept unless the client or its version says otherwise")
{
  const auto kept = [](const std::string& version, const std::string& field) {
    HttpRequestReader reader;
    REQUIRE(feed(reader, "GET / " + version + "\r\nHost: a\r\n" + field + "\r\n") == Progress::kRequest);
    return reader.request().keep_alive;
  };
  CHECK(kept("HTTP/1.1", ""));
  CHECK(kept("HTTP/1.1", "Connection: keep-alive, closed\r\n"));
  CHECK_FALSE(kept("HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(kept("HTTP/1.1", "Connection: upgrade , Close\r\n"));
  CHECK_FALSE(kept("HTTP/1.0", ""));
}
