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
  Child set = at_terminal(daemon.path(), {"-q", "set", "acme", "--client-secret-file", "-"});
  set.wait_for_err("Client secret (not shown): ");
  CHECK_FALSE(set.echoes());
  set.type("s3cret\n");
  const Ended ended = set.end();
  CHECK(ended.exit == 0);
  CHECK_FALSE(ended.err.contains("s3cret"));
  CHECK(daemon.calls().at(0).contains(R"("clientSecret":"s3cret")"));
}

TEST_CASE("add tells the callback URL, then asks for the client that has it, and goes on to the login")
{
  const std::string told = reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oidc-1"})");
  ScriptedDaemon daemon{
      {{"AddAccount", {told}}}, {{"AddAccount", {told}}}, {{"Login", {reply(R"({"stage":"done","identity":"ana"})")}}}};
  Child add = at_terminal(daemon.path(), {"add", "acme", "--issuer", "https://i.example"});
  add.wait_for_err("Client ID: ");
  CHECK(add.seen().contains("    http://127.0.0.1:28765/callback/oidc-1\r\n"));
  add.type("\t me \n");  // as it comes from a page
  add.wait_for_err("(not shown; empty if the app has none): ");
  add.type("s3cret\n");
  const Ended ended = add.end();
  CHECK(ended.exit == 0);
  CHECK(ended.err.contains("acme: signed in as ana"));
  CHECK_FALSE(ended.err.contains("Press Enter"));
  CHECK(daemon.calls().at(0).ends_with(R"("definition":{"issuer":"https://i.example"},"dryRun":true}})"));
  CHECK(daemon.calls().at(1).ends_with(R"({"issuer":"https://i.example","clientId":"me","clientSecret":"s3cret"}}})"));
}

TEST_CASE("add asks for endpoints where no issuer is given")
{
  const std::string told = reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oauth2-1"})");
  ScriptedDaemon daemon{{{"AddAccount", {told}}}, {{"AddAccount", {told}}}};
  Child add = at_terminal(daemon.path(), {"add", "acme", "--no-login"});
  add.wait_for_err("Issuer (https://..., or Enter to give its endpoints): ");
  add.type("\n");
  add.wait_for_err("Authorization endpoint (https://...): ");
  add.type("https://a.example/authorize\n");
  add.wait_for_err("Token endpoint (https://...): ");
  add.type("https://a.example/token\n");
  add.wait_for_err("Client ID: ");
  add.type("me\n");
  add.wait_for_err("empty if the app has none): ");
  add.type("\n");
  CHECK(add.end().exit == 0);
  CHECK(daemon.calls().at(1).ends_with(R"({"authorizationEndpoint":"https://a.example/authorize",)"
                                       R"("tokenEndpoint":"https://a.example/token","clientId":"me"}}})"));
}

TEST_CASE("add that fails after questions tells the whole command that repeats it, without the secret")
{
  const std::string told = reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oidc-1"})"),
                    refused = error("InvalidDefinition", R"({"field":"clientId","reason":"clientId is wrong"})");
  ScriptedDaemon daemon{{{"AddAccount", {told}}}, {{"AddAccount", {refused}}}};
  Child add =
      at_terminal(daemon.path(), {"--socket", daemon.path(), "add", "acme", "--scope", "a b", "--param", "x=y"});
  add.wait_for_err("its endpoints): ");
  add.type("https://i.example\n");
  add.wait_for_err("Client ID: ");
  add.type("me\n");
  add.wait_for_err("empty if the app has none): ");
  add.type("s3cret\n");
  const Ended ended = add.end();
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("To try again with what was said: tokenctl --socket " + daemon.path() +
                           " add acme --issuer https://i.example --client-id me --client-secret-file - "
                           "--scope 'a b' --param x=y\r\n"));
  CHECK_FALSE(ended.err.contains("s3cret"));
}

TEST_CASE("add that ends at a question keeps what was typed before")
{
  ScriptedDaemon daemon{{{"AddAccount", {reply("{}")}}}};
  Child add = at_terminal(daemon.path(), {"add", "acme", "--flow", "device"});
  add.wait_for_err("its endpoints): ");
  add.type("https://i.example\n");
  add.wait_for_err("Client ID: ");
  add.type("me\n");
  add.wait_for_err("empty if the app has none): ");
  add.type("\x04");
  const Ended ended = add.end();
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("the input ended before the client secret was given"));
  CHECK(ended.err.contains(": tokenctl add acme --issuer https://i.example --client-id me --flow device\r\n"));
}

TEST_CASE("add says what is wrong with an address before anything has to be typed")
{
  ScriptedDaemon daemon{
      {{"AddAccount", {error("InvalidDefinition", R"({"field":"issuer","reason":"issuer must be https"})")}}}};
  Child add = at_terminal(daemon.path(), {"add", "acme", "--issuer", "ftp://i.example", "--client-secret-file", "-"});
  const Ended ended = add.end();
  CHECK(ended.exit == 2);
  CHECK(ended.err.ends_with("tokenctl: acme: issuer must be https: run 'tokenctl add --help'\r\n"));
  CHECK_FALSE(ended.err.contains("Client"));
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
