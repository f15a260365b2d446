// logout and remove, against a server that follows a script.
#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

namespace {

const std::string kAccount =
    R"({"account":"jira","provider":"oidc","flow":"code","state":"needs_login","usable":false,)"
    R"("cause":"signed_out","since":1,"scopes":[],"urls":[]})";
const std::string kSignedOut =
    R"({"account":"jira","provider":"oidc","flow":"code","state":"signed_out","usable":false,)"
    R"("cause":"never_signed_in","since":1,"scopes":[],"urls":[]})";
const std::string kSigningIn =
    R"({"account":"jira","provider":"oidc","flow":"code","state":"signing_in","usable":false,)"
    R"("since":1,"scopes":[],"urls":[]})";
const std::string kEnded = R"({"account":"jira","provider":"oidc","flow":"code","state":"needs_login","usable":false,)"
                           R"("cause":"refresh_token_revoked","since":1,"scopes":[],"urls":[],"refreshIssuedAt":1})";

}  // namespace

TEST_CASE("remove asks first, and without anyone to ask wants --yes")
{
  const std::string account = reply(R"({"status":)" + kAccount + "}");
  ScriptedDaemon daemon{{{"GetAccount", {account}}, {"RemoveAccount", {reply(R"({"revoked":true})")}}}};
  const Ended refused = tokenctl(daemon.path(), {"remove", "acme"});
  CHECK(refused.exit == 2);
  CHECK(refused.err.ends_with("nobody is here to ask: run 'tokenctl remove acme --yes'\n"));
  CHECK(tokenctl(daemon.path(), {"remove", "acme", "--yes"}).exit == 0);
}

TEST_CASE("remove says that a login which nobody revoked lives on at the provider, where there was one")
{
  const auto said_for = [](const std::string& account) {
    ScriptedDaemon daemon{
        {{"GetAccount", {reply(R"({"status":)" + account + "}")}}, {"RemoveAccount", {reply(R"({"revoked":false})")}}}};
    return tokenctl(daemon.path(), {"remove", "jira", "--yes"}).err;
  };
  CHECK(said_for(kEnded).contains("jira: removed; its tokens stay valid at the provider until"));
  CHECK(said_for(kSignedOut) == "jira: removed\n");
  CHECK(said_for(kAccount) == "jira: removed\n");
  CHECK(said_for(kSigningIn) == "jira: removed\n");
}

TEST_CASE("logout says what could not be revoked and where to do it by hand")
{
  ScriptedDaemon daemon(
      {{{"GetAccount", {reply(R"({"status":)" + kEnded + "}")}},
        {"Logout", {reply(R"({"revoked":false,"revokePage":"https://p.example/apps","alsoSignedOut":["wiki"]})")}}}});
  const Ended ended = tokenctl(daemon.path(), {"logout", "acme", "--local"});
  CHECK(ended.err.contains("https://p.example/apps"));
  CHECK(ended.err.contains("wiki: signed out too"));
  CHECK(daemon.calls().back().contains(R"("localOnly":true)"));
}

TEST_CASE("logout says that a login which nobody revoked lives on at the provider")
{
  const std::string fresh = R"({"account":"acme","provider":"oidc","flow":"code","state":"fresh","usable":true,)"
                            R"("since":1,"scopes":[],"urls":[]})";
  ScriptedDaemon daemon{{{"GetAccount", {reply(R"({"status":)" + fresh + "}")}},
                         {"Logout", {reply(R"({"revoked":false,"alsoSignedOut":[]})")}}}};
  const Ended ended = tokenctl(daemon.path(), {"logout", "acme"});
  CHECK(ended.exit == 0);
  CHECK(ended.err ==
        "acme: signed out here; its tokens stay valid at the provider until they expire or you revoke them "
        "there by hand\n");
}

TEST_CASE("logout of an account that is not signed in says that there was nothing to sign out")
{
  const auto said_for = [](const std::string& account) {
    ScriptedDaemon daemon{{{"GetAccount", {reply(R"({"status":)" + account + "}")}},
                           {"Logout", {reply(R"({"revoked":false,"alsoSignedOut":[]})")}}}};
    const Ended ended = tokenctl(daemon.path(), {"logout", "jira"});
    CHECK(ended.exit == 0);
    return ended.err;
  };
  CHECK(said_for(kSignedOut) == "jira: it was not signed in, so there was nothing to sign out\n");
  CHECK(said_for(kAccount) == "jira: it was not signed in, so there was nothing to sign out\n");
  CHECK(said_for(kSigningIn) == "jira: the login that was pending is cancelled; it was not signed in\n");
}

TEST_CASE("logout and remove say where the provider had ended the login before")
{
  const std::string why = R"("reason":"p.example answered 400 (invalid_grant): it had ended the login already")";
  ScriptedDaemon daemon{{{"GetAccount", {reply(R"({"status":)" + kEnded + "}")}},
                         {"Logout", {reply(R"({"revoked":true,)" + why + R"(,"alsoSignedOut":[]})")}}},
                        {{"GetAccount", {reply(R"({"status":)" + kEnded + "}")}},
                         {"RemoveAccount", {reply(R"({"revoked":true,)" + why + "}")}}}};
  const std::string told =
      "there was nothing to revoke: p.example answered 400 (invalid_grant): it had ended the login";
  CHECK(tokenctl(daemon.path(), {"logout", "jira"}).err.starts_with("jira: signed out; " + told));
  CHECK(tokenctl(daemon.path(), {"remove", "jira", "--yes"}).err.starts_with("jira: removed; " + told));
}
