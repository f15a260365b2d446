// `add` and `set` without a person, against a server that follows a script.
#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

TEST_CASE("add sends what was said, the secret from stdin, and tells the callback URL")
{
  ScriptedDaemon daemon{{{"AddAccount", {reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oidc-1"})")}}}};
  const Ended ended = tokenctl(daemon.path(),
                               {"add", "acme", "--issuer", "https://i.example", "--client-id", "c", "--scope", "a",
                                "--scope", "b", "--param", "prompt=consent", "--client-secret-file", "-"},
                               "s3cret\n");
  CHECK(ended.exit == 0);
  CHECK(ended.err.contains("\n    http://127.0.0.1:28765/callback/oidc-1\n"));
  CHECK(ended.err.contains("tokenctl login acme"));
  CHECK(daemon.calls().front() ==
        R"({"method":"io.tokend.Broker.AddAccount","parameters":{"account":"acme","definition":)"
        R"({"issuer":"https://i.example","clientId":"c","clientSecret":"s3cret","scopes":["a","b"],)"
        R"("params":{"prompt":"consent"}}}})");
}

TEST_CASE("add without a client ID is exit 2 with the callback URL to register")
{
  ScriptedDaemon daemon{{{"AddAccount", {reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oidc-1"})")}}}};
  const Ended ended = tokenctl(daemon.path(), {"add", "acme", "--issuer", "https://i.example"});
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("--client-id ID"));
  CHECK(ended.err.contains(" http://127.0.0.1:28765/callback/oidc-1 "));
  CHECK(daemon.calls().at(0).contains(R"("dryRun":true)"));
}

TEST_CASE("add tells to register exactly what has to be registered, and nothing where nothing has to be")
{
  const auto said_for = [](const std::string& uri, const std::vector<std::string>& more = {}) {
    ScriptedDaemon daemon{{{"AddAccount", {reply(uri.empty() ? "{}" : R"({"redirectUri":")" + uri + R"("})")}}}};
    std::vector<std::string> line{"add", "a", "--issuer", "https://i", "--client-id", "c"};
    line.insert(line.end(), more.begin(), more.end());
    return tokenctl(daemon.path(), line, "s3cret").err;
  };
  CHECK(said_for("http://127.0.0.1:1/cb")
            .contains("to register at the provider, exactly:\n\n    http://127.0.0.1:1/cb\n"));
  CHECK(said_for("http://127.0.0.1:1/cb").contains("for five minutes\nafter one that nobody finished"));
  CHECK_FALSE(said_for("http://127.0.0.1/cb").contains("exactly"));
  CHECK(said_for("http://127.0.0.1/cb").contains("register it as it stands, without a port"));
  CHECK(said_for("", {"--flow", "device"}).contains("No callback URL has to be registered"));
  CHECK_FALSE(said_for("", {"--flow", "client_credentials", "--client-secret-file", "-"}).contains("callback"));
}

TEST_CASE("add --dry-run tells the callback URL, adds nothing and wants neither client ID nor secret")
{
  const std::string told = reply(R"({"redirectUri":"http://127.0.0.1:28765/callback/oidc-1"})");
  ScriptedDaemon daemon{{{"AddAccount", {told}}}, {{"AddAccount", {reply("{}")}}}};
  const Ended code = tokenctl(daemon.path(), {"add", "acme", "--issuer", "https://i", "--dry-run"});
  CHECK(code.exit == 0);
  CHECK(code.err.starts_with("acme: would be added, and then need a login\n"));
  CHECK(code.err.contains("\n    http://127.0.0.1:28765/callback/oidc-1\n"));
  CHECK(tokenctl(daemon.path(), {"add", "acme", "--issuer", "https://i", "--flow", "client_credentials", "--dry-run"})
            .err == "acme: would be added, and needs no login\n");
  for (const std::string& call : daemon.calls()) CHECK(call.ends_with(R"("dryRun":true}})"));
}

TEST_CASE("add says that tokend listens at a callback URL only of one on this machine")
{
  const auto said_for = [](const std::string& uri) {
    ScriptedDaemon daemon{{{"AddAccount", {reply(R"({"redirectUri":")" + uri + R"("})")}}}};
    return tokenctl(daemon.path(), {"add", "a", "--issuer", "https://i", "--client-id", "c"}).err;
  };
  for (const char* here : {"http://127.0.0.1:1/cb", "http://localhost/cb", "http://[::1]:1/cb", "http://127.0.0.1"})
    CHECK(said_for(here).contains("It is your own machine"));
  for (const char* elsewhere : {"https://me.example/cb", "https://127.me.example/cb", "http://127.me.example/cb"}) {
    CHECK_FALSE(said_for(elsewhere).contains("It is your own machine"));
    CHECK(said_for(elsewhere).contains("tokend does not listen there"));
  }
}

TEST_CASE("what is wrong with a definition is told by the names of options")
{
  const auto wrong = error("InvalidDefinition",
                           R"({"field":"tokenEndpoint","reason":"tokenEndpoint must be https; for a server on this )"
                           R"(machine allow it by insecureLoopback"})");
  ScriptedDaemon daemon{{{"AddAccount", {wrong}}}, {{"UpdateAccount", {wrong}}}};
  const std::string sentence =
      "tokenctl: acme: --token-endpoint must be https; for a server on this machine allow it by --insecure-loopback";
  CHECK(tokenctl(daemon.path(), {"add", "acme", "--token-endpoint", "http://t", "--client-id", "c"}).err ==
        sentence + ": run 'tokenctl add --help'\n");
  CHECK(tokenctl(daemon.path(), {"set", "acme", "--token-endpoint", "http://t"}).err ==
        sentence + ": run 'tokenctl set --help'\n");
}

TEST_CASE("an option that takes one of a few words lists them")
{
  for (const auto& [option, allowed] : std::vector<std::pair<std::string, std::string>>{
           {"--client-auth", "basic, post or none"}, {"--basic-encoding", "form or raw"}, {"--flow", "code, device"}}) {
    const Ended ended = tokenctl("/nonexistent/socket", {"set", "a", option, "wrong"});
    CHECK(ended.exit == 2);
    CHECK(ended.err.contains(option + " is " + allowed));
    CHECK(ended.err.contains("not 'wrong'"));
  }
}

TEST_CASE("add without what is needed is exit 2 and asks the daemon nothing")
{
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"add", "a"},
           {"add", "a", "--client-id", "c"},
           {"add", "a", "--issuer", "https://i"},
           {"add", "a", "--issuer", "https://i", "--client-id", "c", "--flow", "client_credentials"},
           {"add", "a", "--issuer", "https://i", "--client-id", "c", "--flow", "implicit"},
           {"add", "a", "--issuer", "https://i", "--client-id", "c", "--param", "x"},
           {"add", "a", "--issuer", "https://i", "--client-id", "c", "--client-secret-file", "/nonexistent"},
           {"add", "a", "--issuer", "https://i", "--client-id", "c", "--client-auth", "private_key_jwt"},
           {"add", "bad name", "--issuer", "https://i", "--client-id", "c"}}) {
    const Ended ended = tokenctl("/nonexistent/socket", line);
    INFO(ended.err);
    CHECK(ended.exit == 2);
    CHECK(std::count(ended.err.begin(), ended.err.end(), '\n') == 1);
  }
}

TEST_CASE("set tells of a login that stays, and of one that is needed as before")
{
  const auto said_of = [](const std::string& state, const std::vector<std::string>& more = {}) {
    ScriptedDaemon daemon{
        {{"UpdateAccount", {reply(R"({"changed":["urls"],"needsLogin":false})")}},
         {"GetAccount",
          {reply(R"({"status":{"account":"acme","provider":"p","since":1,"scopes":[],"urls":[],)" + state + "}}")}}}};
    std::vector<std::string> line{"set", "acme", "--url", "https://u"};
    line.insert(line.end(), more.begin(), more.end());
    return tokenctl(daemon.path(), line).err;
  };
  const std::string signed_in = R"("flow":"code","state":"fresh","usable":true,"refreshIssuedAt":1)",
                    over = R"("flow":"code","state":"needs_login","usable":false)",
                    never = R"("flow":"code","state":"signed_out","usable":false)",
                    pending = R"("flow":"code","state":"signing_in","usable":false)",
                    service = R"("flow":"client_credentials","state":"idle","usable":false)";
  CHECK(said_of(signed_in) == "acme: changed: urls\nacme keeps its login\n");
  CHECK(said_of(signed_in, {"--dry-run"}) == "acme: would change: urls\nacme would keep its login\n");
  CHECK(said_of(over) == "acme: changed: urls\nacme needs a new login: run 'tokenctl login acme'\n");
  CHECK(said_of(never) == "acme: changed: urls\nacme needs a login: run 'tokenctl login acme'\n");
  CHECK(said_of(pending) == "acme: changed: urls\n");
  CHECK(said_of(service) == "acme: changed: urls\n");
}

TEST_CASE("an issuer or a client ID cannot be taken away, and nobody is asked to")
{
  for (const char* command : {"add", "set"})
    for (const char* option : {"--issuer", "--client-id"}) {
      const Ended ended = tokenctl("/nonexistent/socket", {command, "acme", option, ""});
      CHECK(ended.exit == 2);
      CHECK(ended.err.contains(std::string(option) + " is empty"));
    }
}

TEST_CASE("set tells what changed and when a new login is needed")
{
  const std::string told = reply(R"({"changed":["clientId","urls"],"needsLogin":true})");
  ScriptedDaemon daemon{{{"UpdateAccount", {told}}}, {{"UpdateAccount", {told}}}};
  const std::vector<std::string> line{"set", "acme", "--client-id", "x", "--url", "https://u"};
  const Ended ended = tokenctl(daemon.path(), line);
  CHECK(ended.exit == 0);
  CHECK(ended.err == "acme: changed: clientId, urls\nacme needs a new login: run 'tokenctl login acme'\n");
  const Ended dry = tokenctl(daemon.path(), {"set", "acme", "--client-id", "x", "--url", "https://u", "--dry-run"});
  CHECK(dry.err.ends_with("acme would need a new login: run 'tokenctl login acme'\n"));
}

TEST_CASE("an empty secret forgets the one there is, and is no secret to add or to reject")
{
  const std::string changed = reply(R"({"changed":["clientSecret"],"needsLogin":false})");
  ScriptedDaemon daemon{{{"UpdateAccount", {changed}}}, {{"UpdateAccount", {changed}}}};
  CHECK(tokenctl(daemon.path(), {"-q", "set", "acme", "--client-secret-file", "-"}, "").exit == 0);
  CHECK(tokenctl(daemon.path(), {"-q", "set", "acme", "--client-secret-file", "/dev/null"}).exit == 0);
  CHECK(tokenctl(daemon.path(), {"reject", "acme"}, "").exit == 2);
  CHECK(tokenctl(daemon.path(), {"add", "b", "--issuer", "https://i", "--client-id", "c", "--client-secret-file", "-"})
            .exit == 2);
  for (const std::string& call : daemon.calls()) CHECK(call.contains(R"("clientSecret":"")"));
  CHECK(daemon.calls().size() == 2);
}

TEST_CASE("a secret that is no text is refused, not changed")
{
  const Ended ended = tokenctl("/nonexistent/socket", {"set", "acme", "--client-secret-file", "-"}, "caf\xE9\n");
  CHECK(ended.exit == 2);
  CHECK(ended.err.contains("the client secret is not UTF-8 text"));
}
