// tokenctl itself, against a server that follows a script.
#include <signal.h>

#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

namespace {

const std::string kUrl = "https://auth.example/authorize?state=x";
const std::string kOpen = R"({"stage":"open_browser","url":")" + kUrl + R"(","redirectUri":"http://127.0.0.1:1/cb"})";
const std::string kToken = R"({"accessToken":"secret-1","tokenType":"bearer","expiresAt":4102444800,)"
                           R"("scopes":["a","b"],"account":"jira","apiBase":"https://api.example"})";
const std::string kAccount =
    R"({"account":"jira","provider":"oidc","flow":"code","state":"needs_login","usable":false,)"
    R"("cause":"signed_out","since":1,"scopes":[],"urls":[],"later":{"x":1}})";
const std::string kStatus = R"({"version":"1","pid":2,"startedAt":3,"state":"ok","accounts":1,"needLogin":1,)"
                            R"("pendingLogins":0,"socket":"/s"})";

std::string never_signed_in()
{
  return error("LoginRequired",
               R"({"account":"jira","cause":"never_signed_in","reason":"jira has never been signed in",)"
               R"("next":"tokenctl login jira"})");
}

}  // namespace

TEST_CASE("token prints the token and a newline, nothing else")
{
  ScriptedDaemon daemon{{{"GetToken", {reply(kToken)}}}};
  const Ended ended = tokenctl(
      daemon.path(), {"token", "jira", "--min-ttl", "60", "--scope", "a", "--resource", "r", "--timeout", "9"});
  CHECK(ended.exit == 0);
  CHECK(ended.out == "secret-1\n");
  CHECK(ended.err.empty());
  CHECK(daemon.calls().front() == R"({"method":"io.tokend.Broker.GetToken","parameters":{"account":"jira","minTtl":60,)"
                                  R"("scopes":["a"],"resource":"r","timeout":9}})");
}

TEST_CASE("token knows other forms: a header, and the names of RFC 6749")
{
  ScriptedDaemon daemon{{{"GetToken", {reply(kToken)}}}, {{"GetToken", {reply(kToken)}}}};
  CHECK(tokenctl(daemon.path(), {"token", "jira", "--format", "header"}).out == "Authorization: Bearer secret-1\n");
  const std::string json = tokenctl(daemon.path(), {"--json", "token", "jira"}).out;
  CHECK(json.starts_with(R"({"access_token":"secret-1","token_type":"bearer","expires_in":)"));
  CHECK(json.ends_with(R"("scope":"a b","expires_at":4102444800,"account":"jira","api_base":"https://api.example"})"
                       "\n"));
}

TEST_CASE("an error is a sentence on stderr and an exit code; with --json an object")
{
  ScriptedDaemon daemon{{{"GetToken", {never_signed_in()}}}, {{"GetToken", {never_signed_in()}}}};
  const Ended words = tokenctl(daemon.path(), {"token", "jira"});
  CHECK(words.exit == 3);
  CHECK(words.out.empty());
  CHECK(words.err == "tokenctl: jira has never been signed in: run 'tokenctl login jira'\n");
  const Ended json = tokenctl(daemon.path(), {"token", "jira", "--json"});
  CHECK(json.exit == 3);
  CHECK(json.err == R"({"error":"login_required","exit":3,"account":"jira","cause":"never_signed_in",)"
                    R"("reason":"jira has never been signed in","next":"tokenctl login jira"})"
                    "\n");
}

TEST_CASE("a wrong parameter is told in the daemon's words, with the account and what to do")
{
  const std::string wrong =
      R"({"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"scopes",)"
      R"("reason":"parameter 'scopes' has an item that is no scope","next":"give each by itself"}})";
  ScriptedDaemon daemon{{{"GetToken", {wrong}}}};
  const Ended ended = tokenctl(daemon.path(), {"token", "jira", "--scope", "a b"});
  CHECK(ended.exit == 2);
  CHECK(ended.err == "tokenctl: jira: parameter 'scopes' has an item that is no scope: give each by itself\n");
}

TEST_CASE("token --login waits for a login where there is nobody to run one")
{
  ScriptedDaemon daemon{{{"GetToken", {never_signed_in()}}}, {{"GetToken", {reply(kToken)}}}};
  const Ended ended = tokenctl(daemon.path(), {"token", "jira", "--login"});
  CHECK(ended.out == "secret-1\n");
  CHECK(ended.err ==
        "tokenctl: jira has never been signed in; waiting 5 min at most for somebody to run 'tokenctl login jira'\n");
  CHECK(daemon.calls().at(1).contains(R"("login":true)"));
}

TEST_CASE("token --login says that it waits before the login has come, and for how long")
{
  ScriptedDaemon daemon{{{"GetToken", {never_signed_in()}}}, {{"GetToken", {}}}};
  Child token({"token", "jira", "--login", "--timeout", "90"}, {"TOKEND_SOCKET=" + daemon.path()});
  token.wait_for_err("waiting 1 min at most for somebody to run 'tokenctl login jira'");
}

TEST_CASE("advice to wait names the command that was run")
{
  const std::string outage =
      error("TemporarilyUnavailable", R"({"account":"jira","cause":"network","reason":"jira: nobody answers",)"
                                      R"("next":"tokenctl token jira --timeout 60"})");
  ScriptedDaemon daemon{{{"Refresh", {outage}}}, {{"GetToken", {outage}}}};
  CHECK(tokenctl(daemon.path(), {"refresh", "jira"}).err ==
        "tokenctl: jira: nobody answers: run 'tokenctl refresh jira --timeout 60'\n");
  CHECK(tokenctl(daemon.path(), {"token", "jira"}).err ==
        "tokenctl: jira: nobody answers: run 'tokenctl token jira --timeout 60'\n");
}

TEST_CASE("no daemon is exit 4 with the command that starts one")
{
  const Ended ended = tokenctl("/nonexistent/socket", {"list"});
  CHECK(ended.exit == 4);
  CHECK(ended.err.starts_with("tokenctl: no tokend on /nonexistent/socket: "));
  CHECK(ended.err.contains("systemctl --user enable --now tokend.socket"));
  CHECK(ended.err.contains("start 'tokend --socket /nonexistent/socket'"));
}

TEST_CASE("list --json is an array of what the daemon wrote, unknown fields included")
{
  ScriptedDaemon daemon{{{"ListAccounts", {reply(R"({"total":1,"status":)" + kAccount + "}")}}},
                        {{"ListAccounts", {reply(R"({"total":0})")}}}};
  CHECK(tokenctl(daemon.path(), {"list", "--json"}).out == "[" + kAccount + "]\n");
  CHECK(tokenctl(daemon.path(), {"list", "--json"}).out == "[]\n");
}

TEST_CASE("status --json is daemon and accounts, and its exit code tells the trouble")
{
  ScriptedDaemon daemon(
      {{{"GetStatus", {reply(kStatus)}}, {"ListAccounts", {reply(R"({"total":1,"status":)" + kAccount + "}")}}},
       {{"GetStatus", {reply(kStatus)}}, {"GetAccount", {reply(R"({"status":)" + kAccount + "}")}}}});
  const Ended all = tokenctl(daemon.path(), {"status", "--json"});
  CHECK(all.out == R"({"daemon":)" + kStatus + R"(,"accounts":[)" + kAccount + "]}\n");
  CHECK(all.exit == 3);
  const Ended one = tokenctl(daemon.path(), {"status", "jira"});
  CHECK(one.out.starts_with("jira (oidc, code)"));
  CHECK(one.exit == 3);
}

TEST_CASE("login says the address, passes the hint on and ends with who signed in")
{
  ScriptedDaemon daemon(
      {{{"Login",
         {continued(kOpen),
          continued(R"({"stage":"open_browser","url":")" + kUrl + R"(","hint":"Still waiting.\u001b[2J"})"),
          reply(R"({"stage":"done","identity":"ana"})")}}}});
  const Ended ended = tokenctl(daemon.path(), {"login", "jira", "--no-browser", "--scope", "a", "--switch-user"});
  CHECK(ended.exit == 0);
  CHECK(ended.out.empty());
  CHECK(ended.err == "Open: " + kUrl + "\nStill waiting.\xEF\xBF\xBD[2J\njira: signed in as ana\n");
  CHECK(daemon.calls().front() ==
        R"({"method":"io.tokend.Broker.Login","more":true,"parameters":{"account":"jira","scopes":["a"],)"
        R"("switchUser":true}})");
}

TEST_CASE("login --device says the code, then the address")
{
  ScriptedDaemon daemon(
      {{{"Login",
         {continued(R"({"stage":"enter_code","userCode":"AB-CD","verificationUri":"https://v.example"})"),
          reply(R"({"stage":"done","hint":"it ends with its token"})")}}}});
  const Ended ended = tokenctl(daemon.path(), {"login", "jira", "--device", "--no-browser"});
  CHECK(ended.err == "Code: AB-CD\nOpen: https://v.example\njira: signed in\nit ends with its token\n");
  CHECK(daemon.calls().front().contains(R"("flow":"device")"));
}

TEST_CASE("Ctrl-C cancels the login that it started, and the exit code is 130")
{
  ScriptedDaemon daemon{{{"Login", {continued(kOpen)}}}, {{"CancelLogin", {reply("{}")}}}};
  Child login({"login", "jira", "--no-browser"}, {"TOKEND_SOCKET=" + daemon.path()});
  login.wait_for_err("Open: ");
  login.signal(SIGINT);
  const Ended ended = login.end();
  CHECK(ended.exit == 130);
  CHECK(ended.err.contains("jira: interrupted; the login was cancelled"));
  CHECK(daemon.calls().size() == 2);
}

TEST_CASE("Ctrl-C leaves the login of another connection alone")
{
  ScriptedDaemon daemon{{{"Login", {continued(R"({"stage":"waiting"})")}}}, {{"CancelLogin", {reply("{}")}}}};
  Child login({"login", "jira"}, {"TOKEND_SOCKET=" + daemon.path()});
  login.wait_for_err("--restart");
  login.signal(SIGINT);
  CHECK(login.end().exit == 130);
  CHECK(daemon.calls().size() == 1);
}

TEST_CASE("an address that is not safe to open is neither opened nor printed")
{
  ScriptedDaemon daemon{{{"Login", {continued(R"({"stage":"open_browser","url":"http://evil.example/"})")}}}};
  const Ended ended = tokenctl(daemon.path(), {"login", "jira"});
  CHECK(ended.exit == 1);
  CHECK_FALSE(ended.err.contains("evil"));
}

TEST_CASE("login without a browser says how one on another machine comes back here")
{
  const auto said_for = [](const std::string& uri, const std::vector<std::string>& line, const std::string& ssh) {
    ScriptedDaemon daemon{
        {{"Login",
          {continued(R"({"stage":"open_browser","url":")" + kUrl + R"(","redirectUri":")" + uri + R"("})"),
           reply(R"({"stage":"done"})")}}}};
    return Child(line, {"TOKEND_SOCKET=" + daemon.path(), "USER=ana", "SSH_CONNECTION=" + ssh}).end().err;
  };
  const std::vector<std::string> login{"login", "jira"}, quietly{"login", "jira", "--no-browser"};
  CHECK(said_for("http://127.0.0.1:28765/cb", login, "").contains("    ssh -L 28765:127.0.0.1:28765 ana@"));
  CHECK(said_for("http://localhost:28765/cb", login, "").contains("    ssh -L 28765:127.0.0.1:28765 ana@"));
  CHECK(said_for("http://[::1]:7/cb", login, "").contains("    ssh -L [::1]:7:[::1]:7 ana@"));
  CHECK(said_for("http://127.0.0.1:7/cb", quietly, "10.0.0.1 1 10.0.0.2 22").contains("    ssh -L 7:127.0.0.1:7 ana@"));
  CHECK(said_for("http://127.0.0.1:7/cb", quietly, "") == "Open: " + kUrl + "\njira: signed in\n");
  CHECK_FALSE(said_for("https://me.example/cb", login, "").contains("ssh"));
}

TEST_CASE("watch writes a line an event as it comes")
{
  const std::string event = R"({"event":"refreshed","at":1,"account":"jira","state":"fresh","expiresAt":3601})";
  ScriptedDaemon daemon{{{"Subscribe", {continued(R"({"event":"synced","at":1})"), reply(event)}}},
                        {{"Subscribe", {continued(R"({"event":"synced","at":1})"), reply(event)}}}};
  CHECK(tokenctl(daemon.path(), {"watch"}).out == "00:00:01  jira  refreshed  fresh  until 01:00:01\n");
  CHECK(tokenctl(daemon.path(), {"watch", "--json"}).out == R"({"event":"synced","at":1})"
                                                            "\n" +
                                                                event + "\n");
}

TEST_CASE("call prints each reply's parameters on a line of its own")
{
  ScriptedDaemon daemon{{{"GetStatus", {reply(kStatus)}}},
                        {{"ListAccounts", {continued(R"({"total":2})"), reply(R"({"total":2,"x":null})")}}},
                        {{"GetAccount", {error("NoSuchAccount", R"({"account":"x","similar":[]})")}}}};
  CHECK(tokenctl(daemon.path(), {"call", "GetStatus"}).out == kStatus + "\n");
  CHECK(tokenctl(daemon.path(), {"call", "--more", "io.tokend.Broker.ListAccounts"}).out ==
        "{\"total\":2}\n{\"total\":2,\"x\":null}\n");
  CHECK(tokenctl(daemon.path(), {"call", "GetAccount", "-"}, R"({"account":"x"})").exit == 8);
  CHECK(tokenctl(daemon.path(), {"call", "GetAccount", "{"}).exit == 2);
  CHECK(tokenctl(daemon.path(), {"call", "GetAccount", "7"}).exit == 2);
}

TEST_CASE("call waits for as long as the parameters say, however long that is")
{
  for (const std::string timeout : {"9223372036854775807", "-9223372036854775808"}) {
    ScriptedDaemon daemon{{{"GetToken", {reply("{}")}}}};
    CHECK(tokenctl(daemon.path(), {"call", "GetToken", R"({"timeout":)" + timeout + "}"}).exit == 0);
  }
}

TEST_CASE("call does not repeat parameters that it cannot read: they may hold a secret")
{
  const Ended ended = tokenctl("/nonexistent/socket", {"call", "AddAccount", "-"}, R"({"clientSecret":"s3cret")");
  CHECK(ended.exit == 2);
  CHECK_FALSE(ended.err.contains("s3cret"));
}

TEST_CASE("call says which option a method that streams needs")
{
  ScriptedDaemon daemon{{{"ListAccounts", {R"({"error":"org.varlink.service.ExpectedMore","parameters":{}})"}}}};
  const Ended ended = tokenctl(daemon.path(), {"call", "ListAccounts"});
  CHECK(ended.exit == 2);
  CHECK(ended.err == "tokenctl: ListAccounts streams its replies: run 'tokenctl call --more ListAccounts'\n");
}
