// tokenctl with a person at a terminal, against a server that follows a script.
#include <signal.h>

#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

namespace {

const std::string kChanged = R"({"changed":["clientSecret"],"needsLogin":false})";

Child at_terminal(const std::string& socket, const std::vector<std::string>& arguments)
{
  return {OnTerminal{}, arguments, {"TOKEND_SOCKET=" + socket, "HOME=/nonexistent"}};
}

}  // namespace

TEST_CASE("a secret that is typed for stdin is asked for and not shown")
{
  ScriptedDaemon daemon{{{"UpdateAccount", {reply(kChanged)}}}};
  Child set = at_terminal(daemon.path(), {"set", "acme", "--client-secret-file", "-"});
  set.wait_for_err("Client secret (not shown): ");
  CHECK_FALSE(set.echoes());
  set.type("s3cret\n");
  const Ended ended = set.end();
  CHECK(ended.exit == 0);
  CHECK_FALSE(ended.err.contains("s3cret"));
  CHECK(daemon.calls().front().contains(R"("clientSecret":"s3cret")"));
}

TEST_CASE("a bare Enter at the question for a secret forgets nothing")
{
  Child set = at_terminal("/nonexistent/socket", {"set", "acme", "--client-secret-file", "-"});
  set.wait_for_err("(not shown): ");
  set.type("\n");
  const Ended ended = set.end();
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("an empty file is an empty secret"));
}

TEST_CASE("Ctrl-C at the question for a secret leaves a terminal that shows what is typed")
{
  Child set = at_terminal("/nonexistent/socket", {"set", "acme", "--client-secret-file", "-"});
  set.wait_for_err("(not shown): ");
  set.type("s3c\x03");
  CHECK(set.end().exit == 1000 + SIGINT);
  CHECK(set.echoes());
}
