#include "client/login_flow.hpp"

#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::client;
using namespace tokend::test;

namespace {

constexpr UnixTime kNow = 1'000'000;

std::string pending_until(UnixTime deadline)
{
  return continued(R"({"stage":"open_browser","url":"https://auth.example/","deadline":)" + std::to_string(deadline) +
                   "}");
}

}  // namespace

TEST_CASE("a login is waited for until the deadline that the daemon tells, and the exchange after it")
{
  CHECK(patience({.account = "jira"}, kNow + 900, kNow) == 935);
  CHECK(patience({.account = "jira"}, kNow + 10, kNow) == 45);
  CHECK(patience({.account = "jira", .timeout = 60}, kNow + 900, kNow) == 935);
}

TEST_CASE("until the daemon tells a deadline, the one that was asked for counts, else the usual one")
{
  CHECK(patience({.account = "jira", .timeout = 60}, std::nullopt, kNow) == 95);
  CHECK(patience({.account = "jira"}, std::nullopt, kNow) == 335);
}

TEST_CASE("a daemon that is silent long after its own deadline is exit 4")
{
  ScriptedDaemon daemon{{{"Login", {pending_until(1)}}}};
  const Ended ended = tokenctl(daemon.path(), {"login", "jira", "--no-browser"});
  CHECK(ended.exit == 4);
  CHECK(ended.err.contains("does not answer: see its log: journalctl --user -u tokend"));
}

TEST_CASE("a login whose end the daemon does not tell has not succeeded")
{
  ScriptedDaemon daemon{{{"Login", {reply(R"({"stage":"waiting"})")}}}};
  const Ended ended = tokenctl(daemon.path(), {"login", "jira"});
  CHECK(ended.exit == 1);
  CHECK(ended.err.contains("jira: the daemon ended the login without saying how: run 'tokenctl status jira'"));
}

TEST_CASE("--timeout ends the wait for a login that another connection has started, with exit 3")
{
  const std::string waiting = continued(R"({"stage":"waiting","deadline":4102444800})");
  ScriptedDaemon daemon{{{"Login", {waiting}}}};
  const Ended ended = tokenctl(daemon.path(), {"login", "jira", "--timeout", "0"});
  CHECK(ended.exit == 3);
  CHECK(
      ended.err.ends_with("tokenctl: jira: the login that is pending elsewhere has not ended within 0 s: run "
                          "'tokenctl login jira --restart'\n"));
}
