// `reject`: what is a token on stdin, what is none, and what is said of it.
#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

namespace {

const std::string kReplaced = reply(R"({"current":true,"refreshed":true})");

}  // namespace

TEST_CASE("reject takes the token, also as the header that carried it")
{
  for (const char* input : {"secret-1", "secret-1\n", "Bearer secret-1\n", "Authorization: Bearer secret-1\r\n",
                            "authorization:bearer  secret-1"}) {
    ScriptedDaemon daemon{{{"RejectToken", {kReplaced}}}};
    CHECK(tokenctl(daemon.path(), {"reject", "acme"}, input).exit == 0);
    CHECK(daemon.calls().at(0).ends_with(R"({"account":"acme","accessToken":"secret-1"}})"));
  }
}

TEST_CASE("reject takes nothing that is no token, does not repeat it, and asks the daemon nothing")
{
  for (const char* input : {"", "\n", "Bearer ", "secret-1 secret-2", "secret-1\nsecret-2\n", "secret-1\n\n",
                            " secret-1", "Authorization: Basic secret-1", "secret-\xC3\xA9"}) {
    const Ended ended = tokenctl("/nonexistent/socket", {"reject", "acme"}, input);
    INFO(input);
    CHECK(ended.exit == 2);
    CHECK(ended.err.contains("stdin holds no token"));
    CHECK_FALSE(ended.err.contains("secret"));
  }
}

TEST_CASE("reject says what the daemon has done, and when that is nothing")
{
  ScriptedDaemon daemon{{{"RejectToken", {kReplaced}}},
                        {{"RejectToken", {reply(R"({"current":false,"refreshed":true})")}}},
                        {{"RejectToken", {reply(R"({"current":false,"refreshed":false})")}}}};
  const auto said = [&] { return tokenctl(daemon.path(), {"reject", "acme"}, "secret-1").err; };
  CHECK(said() == "acme: the refused token is noted, and a new one fetched\n");
  CHECK(said() == "acme: not the current token: there is a newer one, and nothing was done\n");
  CHECK(said() == "acme: not the current token: nothing was done\n");
}
