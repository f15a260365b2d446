#include "tests/provider_double/http_message.hpp"
#include "tests/catch.hpp"

using namespace tokend::provider_double;

TEST_CASE("a request head is read with its path and query decoded")
{
  const auto head = parse_head("GET /a%20b?x=1+2&y=%26 HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\n");
  REQUIRE(head.has_value());
  CHECK(head->request.path == "/a b");
  CHECK(head->request.query.get("x") == "1 2");
  CHECK(head->request.query.get("y") == "&");
  CHECK(head->request.header("host") == "here");
  CHECK(head->content_length == 3);
  CHECK(head->keep_alive);
}

TEST_CASE("a chunked request is refused")
{
  const auto head = parse_head("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  REQUIRE_FALSE(head.has_value());
  CHECK(head.error() == 501);
}

TEST_CASE("a broken percent sequence, a broken length and an oversized body are refused")
{
  CHECK(parse_head("GET /?x=%4 HTTP/1.1\r\n\r\n").error() == 400);
  CHECK(parse_head("POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n").error() == 400);
  CHECK(parse_head("POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n").error() == 413);
}

TEST_CASE("a repeated parameter is noticed")
{
  CHECK(Parameters::parse("a=1&b=2&a=3")->repeated() == "a");
  CHECK_FALSE(Parameters::parse("a=1&b=2")->repeated());
}

TEST_CASE("a JSON answer can carry a member twice")
{
  auto object = JsonObject().text("a", "x\"y").number("n", -1).flag("f", true);
  object.repeat("a", "z");
  CHECK(object.serialised() == R"({"a":"x\"y","n":-1,"f":true,"a":"z"})");
}
