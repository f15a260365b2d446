// Commands that are named in advice, and the options by which this command found its daemon.
#include "client/advice.hpp"

#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::client;
using namespace tokend::test;

namespace {

std::string reach(const std::vector<std::string>& line) { return reach_of(line); }

Advice advice(const std::string& options) { return {options, {"login", "set"}}; }

// Where only --socket leads to the daemon.
Ended without_environment(std::vector<std::string> line) { return Child(line, {"HOME=/nonexistent"}).end(); }

}  // namespace

TEST_CASE("a command that is named gets the options by which the daemon was found")
{
  CHECK(advice("--user").in("run 'tokenctl login a' or 'tokenctl set a --scope ...'") ==
        "run 'tokenctl --user login a' or 'tokenctl --user set a --scope ...'");
  CHECK(advice("").in("run 'tokenctl login a'") == "run 'tokenctl login a'");
}

TEST_CASE("what is no command of the daemon's stays as it is")
{
  for (const std::string text : {"a tokenctl of the daemon's version", "tokenctl logins", "tokenctl login --help"})
    CHECK(advice("--user").in(text) == text);
}

TEST_CASE("the options are those before the words of another program")
{
  CHECK(reach({"status"}).empty());
  CHECK(reach({"--socket", "/s", "status"}) == "--socket /s");
  CHECK(reach({"status", "--socket=/a b"}) == "--socket '/a b'");
  CHECK(reach({"--system", "list"}) == "--system");
  CHECK(reach({"curl", "a", "--", "--user", "x"}).empty());
}

TEST_CASE("a word for a shell is quoted where it must be")
{
  CHECK(shell_word("https://a.example/b?") == "'https://a.example/b?'");
  CHECK(shell_word("https://a.example/b") == "https://a.example/b");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("sentences, words and tables name commands that reach the same daemon")
{
  const std::string account = R"({"account":"a","provider":"p","flow":"code","state":"needs_login","usable":false,)"
                              R"("next":"tokenctl login a","since":1,"scopes":[],"urls":[]})";
  const std::string status = R"({"version":"1","pid":2,"startedAt":3,"state":"ok","accounts":1,"needLogin":1,)"
                             R"("pendingLogins":0,"socket":"/s"})";
  const std::string refused =
      error("LoginRequired", R"({"account":"a","cause":"signed_out","reason":"a is signed out",)"
                             R"("next":"tokenctl login a"})");
  ScriptedDaemon daemon{
      {{"GetToken", {refused}}},
      {{"GetToken", {refused}}},
      {{"UpdateAccount", {reply(R"({"changed":["flow"],"needsLogin":true})")}}},
      {{"GetStatus", {reply(status)}}, {"ListAccounts", {reply(R"({"total":1,"status":)" + account + "}")}}}};
  const std::string command = "tokenctl --socket " + daemon.path() + " login a";
  const auto line = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--socket", daemon.path()});
    return without_environment(words);
  };
  CHECK(line({"token", "a"}).err == "tokenctl: a is signed out: run '" + command + "'\n");
  CHECK(line({"--json", "token", "a"}).err.contains(R"("next":")" + command + "\""));
  CHECK(line({"set", "a", "--flow", "device"}).err.contains("run '" + command + "'"));
  CHECK(line({"status"}).out.contains("-> " + command + "\n"));
}
