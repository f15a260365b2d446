// What the log is told of accounts in trouble.
#include <fmt/format.h>

#include <vector>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Logged : Bench {
  Logged()
  {
    listen();
    sign_in("ana");
  }
  void listen()
  {
    broker->on_trouble([this](LogLevel level, const std::string& sentence) {
      lines.push_back((level == LogLevel::kWarn ? "warn " : "info ") + sentence);
    });
  }
  std::vector<std::string> lines;
};

TEST_CASE_METHOD(Logged, "an account that goes well says nothing")
{
  expire();
  ask("ana");
  answer(minted("at-2", "rt-2"));
  CHECK(lines.empty());
}

TEST_CASE_METHOD(Logged, "an outage is one line when it begins, however often it is tried, and one when it is over")
{
  expire();
  ask("ana");
  answer(come_later(503, "2"));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "warn ana: as.example answered 503, next try in 2 s; the login is safe (provider_error); next: tokenctl token "
        "ana --timeout 60");
  for (int i = 0; i < 3; ++i) {
    pass(Seconds(2));
    answer(come_later(503, "2"));
  }
  CHECK(lines.size() == 1);
  pass(Seconds(2));
  answer(minted("at-2", "rt-2"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] == "info ana: well again");
}

TEST_CASE_METHOD(Logged, "another cause is another line")
{
  expire();
  ask("ana");
  answer(come_later(503, "2"));
  pass(Seconds(2));
  answer(come_later(429, "2"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].contains("(rate_limited)"));
}

TEST_CASE_METHOD(Logged, "a login that the provider has ended, and a refusal of the app, are told too")
{
  const auto [error, cause] =
      GENERATE(std::pair("invalid_grant", "refresh_token_revoked"), std::pair("invalid_client", "bad_client"));
  refresh("ana");
  answer(refused(error));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("warn ana"));
  CHECK(lines[0].contains(fmt::format("({})", cause)));
}

TEST_CASE_METHOD(Logged, "no secret is in a line, and what the provider says is escaped")
{
  refresh("ana");
  answer(reply(400, "{\"error\":\"bad\\u001b[31m\\nrt-1\"}"));
  REQUIRE(lines.size() == 1);
  CHECK_FALSE(lines[0].contains('\n'));
  CHECK_FALSE(lines[0].contains('\x1b'));
  CHECK_FALSE(lines[0].contains("client-secret"));
}

TEST_CASE_METHOD(Logged, "an account that is removed in trouble is not well again")
{
  refresh("ana");
  answer(refused("invalid_grant"));
  remove("ana", true);
  CHECK(lines.size() == 1);
}

}  // namespace
}  // namespace tokend::test
