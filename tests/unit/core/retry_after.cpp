#include "daemon/core/retry_after.hpp"

#include "daemon/core/http_date.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(22);

HttpReply reply_with(std::string retry_after, std::string date = {})
{
  HttpReply reply{.status = 503, .fields = {}, .body = {}};
  if (!date.empty()) reply.fields.push_back({"date", Secret(std::move(date))});
  reply.fields.push_back({"retry-after", Secret(std::move(retry_after))});
  return reply;
}

TEST_CASE("HTTP dates are read in their three spellings")
{
  const WallTime expected{Seconds(784111777)};  // RFC 9110 section 5.6.7
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow) == expected);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow) == expected);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", kNow) == expected);
  CHECK(parse_http_date("Wed Nov 16 08:49:37 1994", kNow) == expected + std::chrono::days(10));
}

TEST_CASE("a two-digit year lies at most fifty years ahead")
{
  const auto year_of = [](const char* text) {
    const auto day = std::chrono::floor<std::chrono::days>(*parse_http_date(text, kNow));
    return int(std::chrono::year_month_day(day).year());
  };
  CHECK(year_of("Sunday, 06-Nov-26 08:49:37 GMT") == 2026);
  CHECK(year_of("Sunday, 06-Nov-76 08:49:37 GMT") == 2076);
  CHECK(year_of("Sunday, 06-Nov-77 08:49:37 GMT") == 1977);
}

TEST_CASE("what is no HTTP date is none")
{
  for (const auto* text :
       {"", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 19:4 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text, kNow));
  }
}

TEST_CASE("Retry-After in seconds is obeyed up to an hour")
{
  CHECK(parse_retry_after("0", kNow) == Seconds(0));
  CHECK(parse_retry_after(" 120\t", kNow) == Seconds(120));
  CHECK(parse_retry_after("3600", kNow) == Seconds(3600));
  CHECK(parse_retry_after("1000000000", kNow) == Seconds(3600));
  CHECK(parse_retry_after(std::string(400, '9'), kNow) == Seconds(3600));
}

TEST_CASE("Retry-After as a date is the time until then")
{
  CHECK(parse_retry_after("Mon, 23 Nov 2026 22:02:00 GMT", kNow) == Seconds(120));
  CHECK(parse_retry_after("Mon, 23 Nov 2026 21:00:00 GMT", kNow) == Seconds(0));
  CHECK(parse_retry_after("Tue, 24 Nov 2026 22:00:00 GMT", kNow) == Seconds(3600));
}

TEST_CASE("a Retry-After that makes no sense is none")
{
  for (const auto* text : {"", " ", "-1", "+5", "1.5", "soon", "5s", "0x10", "1 2"})
    CHECK_FALSE(parse_retry_after(text, kNow));
}

TEST_CASE("a date is measured against the provider's own clock where the reply shows it")
{
  const auto wait = retry_after(reply_with("Sun, 06 Nov 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:49:30 GMT"), kNow);
  CHECK(wait == Seconds(30));
  CHECK(retry_after(reply_with("Mon, 23 Nov 2026 22:01:00 GMT", "nonsense"), kNow) == Seconds(60));
  CHECK(retry_after(reply_with("7"), kNow) == Seconds(7));
  CHECK_FALSE(retry_after(HttpReply{.status = 503, .fields = {}, .body = {}}, kNow));
}

}  // namespace
}  // namespace tokend
