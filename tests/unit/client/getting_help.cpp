// What tokenctl says to who asks for help, mistypes, or wants what comes later.
#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"

using namespace tokend::test;

TEST_CASE("every command has its own help, and takes no words that it does not know")
{
  for (const char* name :
       {"add", "set", "login", "token", "list", "status", "refresh", "logout", "remove", "watch", "call"}) {
    const Ended help = tokenctl("/nonexistent/socket", {name, "--help"});
    CHECK(help.exit == 0);
    CHECK(help.out.starts_with(std::string("Usage: tokenctl ") + name));
    CHECK(tokenctl("/nonexistent/socket", {name, "a", "b", "c", "--nonsense"}).exit == 2);
  }
  CHECK(tokenctl("/nonexistent/socket", {"--version"}).out == "tokenctl " TOKEND_VERSION "\n");
  CHECK(tokenctl("/nonexistent/socket", {}).exit == 2);
  CHECK(tokenctl("/nonexistent/socket", {"nonsense"}).exit == 2);
}

TEST_CASE("the help of every command has an example that can be typed, and its exit codes")
{
  const std::string socket = "/nonexistent/socket";
  const std::string all = tokenctl(socket, {"--help"}).out;
  CHECK(all.contains("7 locked, 8 no such account"));
  for (const std::string name : {"add", "set", "login", "token", "reject", "list", "status", "refresh", "logout",
                                 "remove", "watch", "call", "curl", "lock", "unlock"}) {
    INFO(name);
    CHECK(all.contains("\n  " + name + " "));
    const std::string help = tokenctl(socket, {name, "--help"}).out;
    CHECK(help.contains("\nFor example: tokenctl " + name));
    CHECK(help.contains(name == "curl" ? "The exit code is curl's" : "\nExit codes: 0 done, 1 unexpected, 2 usage, "));
  }
  CHECK(tokenctl(socket, {"set", "--help"})
            .out.ends_with("Exit codes: 0 done, 1 unexpected, 2 usage, 4 no daemon, 5 try later, 7 locked,\n"
                           "            8 no such account, 130 interrupted\n"));
}

TEST_CASE("what a token can be asked for is told with its limit")
{
  CHECK(tokenctl("/nonexistent/socket", {"token", "--help"}).out.contains("two thirds of the lifetime"));
}

TEST_CASE("help is a command too")
{
  const std::string socket = "/nonexistent/socket";
  CHECK(tokenctl(socket, {"help"}).out == tokenctl(socket, {"--help"}).out);
  CHECK(tokenctl(socket, {"help", "add"}).out == tokenctl(socket, {"add", "--help"}).out);
  CHECK(tokenctl(socket, {"help", "add"}).out.starts_with("Usage: tokenctl add"));
  CHECK(tokenctl(socket, {"help", "exec"}).err.contains("not in this version"));
  CHECK(tokenctl(socket, {"help", "nonsense"}).exit == 2);
}

TEST_CASE("a command that comes in a later version says so")
{
  for (const char* name : {"exec", "doctor", "providers", "helper", "setup", "vault", "audit", "export", "import",
                           "apply", "trust", "completion"}) {
    const Ended ended = tokenctl("/nonexistent/socket", {name, "x", "--y"});
    CHECK(ended.exit == 2);
    CHECK(ended.err.contains("'" + std::string(name) + "' is not in this version"));
  }
}

TEST_CASE("what comes in a later version is refused, not taken in silence")
{
  for (const std::vector<std::string>& line :
       std::vector<std::vector<std::string>>{{"login", "a", "--paste"},
                                             {"add", "a", "--shares", "b"},
                                             {"add", "a", "--provider", "p"},
                                             {"add", "a", "--mcp", "https://m"},
                                             {"add", "a", "--client-key-file", "f"},
                                             {"token", "a", "--id-token"}}) {
    const Ended ended = tokenctl("/nonexistent/socket", line);
    CHECK(ended.exit == 2);
    CHECK(ended.err.contains(line[2] + " is not in this version"));
  }
}

TEST_CASE("an option that is not there suggests the one that was meant")
{
  const Ended ended = tokenctl("/nonexistent/socket", {"add", "a", "--client-secret", "s3cret"});
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("did you mean --client-secret-file?"));
  CHECK_FALSE(ended.err.contains("s3cret"));
  CHECK(tokenctl("/nonexistent/socket", {"token", "a", "--ttl", "3"}).err.contains("did you mean --min-ttl?"));
}

TEST_CASE("a mistake on the command line names the help that shows how it is done, unless it knows better")
{
  const std::string socket = "/nonexistent/socket";
  const auto ends_with = [&](const std::vector<std::string>& line, const std::string& end) {
    const std::string said = tokenctl(socket, line).err;
    INFO(said);
    CHECK(said.ends_with(end));
  };
  ends_with({"token", "a", "--timeout", "soon"}, ": run 'tokenctl token --help'\n");
  ends_with({"token", "a", "b"},
            "tokenctl: too many words: 'b'; it is: tokenctl token NAME [OPTIONS]: run 'tokenctl token --help'\n");
  ends_with({"list", "a"}, "tokenctl: too many words: 'a'; it is: tokenctl list: run 'tokenctl list --help'\n");
  ends_with({"remove", "--yes"},
            "tokenctl: NAME is missing; it is: tokenctl remove NAME [--local] [--yes]: run 'tokenctl remove --help'\n");
  ends_with({"call"},
            "tokenctl: METHOD is missing; it is: tokenctl call [--more] METHOD [JSON|-]: run 'tokenctl call --help'\n");
  ends_with({"add", "a", "--client-secret", "x"}, "--client-secret-file? See 'tokenctl add --help'\n");
  ends_with({"--nonsense"}, "there is no option --nonsense here: run 'tokenctl --help'\n");
  CHECK(tokenctl(socket, {"--json", "refresh", "a", "b"})
            .err.ends_with(R"("next":"tokenctl refresh --help"})"
                           "\n"));
}
