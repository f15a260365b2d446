#include "client/curl/response_status.hpp"
#include "tests/catch.hpp"

using tokend::client::ResponseStatus;

namespace {

std::optional<int> status_of(std::string_view headers)
{
  ResponseStatus status;
  status.read(headers);
  ResponseStatus in_pieces;
  for (const char& c : headers) in_pieces.read({&c, 1});
  CHECK(in_pieces.status() == status.status());
  return status.status();
}

}  // namespace

TEST_CASE("the status is that of the first answer that is not an interim one")
{
  CHECK(status_of("HTTP/1.1 401 Unauthorized\r\nX: y\r\n\r\n") == 401);
  CHECK(status_of("HTTP/2 401 \r\n") == 401);
  CHECK(status_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 401\r\n") == 401);
}

TEST_CASE("a refusal behind a redirect is not one of the API's")
{
  CHECK(status_of("HTTP/1.1 302 Found\r\nLocation: https://x/\r\n\r\nHTTP/1.1 401 Unauthorized\r\n") == 302);
}

TEST_CASE("there is no status before its line is whole, and none in what is no status line")
{
  CHECK(status_of("") == std::nullopt);
  CHECK(status_of("HTTP/1.1 401 Unauthorized") == std::nullopt);
  CHECK(status_of("X-HTTP/1.1: 401\r\nHTTP/1.1\r\nHTTP/1.1 x\r\n") == std::nullopt);
}
