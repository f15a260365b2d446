// tokenctl curl as a process: what it asks of the daemon, what it starts, and how its own failures end.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/unit/client/child.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend::test;

namespace {

const std::string kAccount = R"({"status":{"account":"work","provider":"oidc","flow":"code","state":"fresh",)"
                             R"("usable":true,"since":1,"scopes":[],"urls":["https://api.example/v2"]}})";

std::string token(const std::string& value, const std::string& type = "bearer")
{
  return reply(R"({"accessToken":")" + value + R"(","tokenType":")" + type + R"(","scopes":[],"account":"work"})");
}

// A folder for $PATH with a program that stands for curl.
class FakeCurl {
 public:
  explicit FakeCurl(const std::string& script, mode_t mode = 0700)
  {
    std::string folder = "/tmp/tokenctl-curl-XXXXXX";
    REQUIRE(mkdtemp(folder.data()));
    path_ = folder;
    std::ofstream(path_ + "/curl") << "#!/bin/sh\n" << script;
    chmod((path_ + "/curl").c_str(), mode);
  }
  ~FakeCurl() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  Ended run(ScriptedDaemon& daemon, std::vector<std::string> words) const
  {
    words.insert(words.begin(), "curl");
    return Child(words, {"TOKEND_SOCKET=" + daemon.path(), "PATH=" + path_ + ":/usr/bin:/bin"}).end();
  }

 private:
  std::string path_;
};

// Does with its arguments what curl does: $token, and `answer LINE` for the response's headers.
const std::string kLikeCurl = R"(
while [ $# -gt 0 ]; do case $1 in
  --header) token=$(cat "${2#@}"); shift;; --dump-header) headers=$2; shift;; --url) url=$2; shift;;
esac; shift; done
answer() { printf '%s\r\n' "$1" >"$headers"; }
)";

}  // namespace

TEST_CASE("curl gets the token by a pipe, and the account's address")
{
  ScriptedDaemon daemon{{{"GetAccount", {reply(kAccount)}}}, {{"GetToken", {token("secret-1")}}}};
  const FakeCurl curl("echo \"$@\"; " + kLikeCurl + "answer 'HTTP/1.1 200 OK'; echo \"$token $url\"; exit 7");
  const Ended ended = curl.run(daemon, {"work", "--scope", "a", "--timeout", "9", "--", "-s", "/user"});
  CHECK(ended.exit == 7);
  CHECK(ended.out.starts_with("-q --silent --globoff "));
  CHECK(ended.out.substr(0, ended.out.find('\n')).find("secret-1") == std::string::npos);
  CHECK(ended.out.ends_with("Authorization: Bearer secret-1 https://api.example/v2/user\n"));
  CHECK(ended.err.empty());
  CHECK(daemon.calls().at(1) == R"({"method":"io.tokend.Broker.GetToken","parameters":{"account":"work",)"
                                R"("scopes":["a"],"timeout":9}})");
}

TEST_CASE("the type of the token is the provider's, and its own headers come along")
{
  ScriptedDaemon daemon{
      {{"GetAccount", {reply(kAccount)}}},
      {{"GetToken",
        {reply(R"({"accessToken":"t","tokenType":"DPoP","scopes":[],"account":"work","headers":{"X-Site":"7"}})")}}}};
  const FakeCurl curl(kLikeCurl + "echo \"$token\"");
  CHECK(curl.run(daemon, {"work", "--", "/user"}).out == "Authorization: DPoP t\nX-Site: 7\n");
}

TEST_CASE("a token that no header can carry is not sent")
{
  ScriptedDaemon daemon{{{"GetAccount", {reply(kAccount)}}}, {{"GetToken", {token("a\\r\\nHost: evil")}}}};
  const FakeCurl curl("echo ran");
  const Ended ended = curl.run(daemon, {"work", "--", "/user"});
  CHECK(ended.exit == 125);
  CHECK(ended.out.empty());
  CHECK(ended.err.contains("no header can carry"));
  CHECK_FALSE(ended.err.contains("evil"));
}

TEST_CASE("after a 401 another token is asked for, and what curl said before is not heard")
{
  ScriptedDaemon daemon{
      {{"GetAccount", {reply(kAccount)}}}, {{"GetToken", {token("first")}}}, {{"GetToken", {token("second")}}}};
  const FakeCurl curl(kLikeCurl + R"(case $token in
    *first) answer 'HTTP/1.1 401 Unauthorized'; echo refused; echo refused >&2; exit 22;;
    *) answer 'HTTP/1.1 200 OK'; echo "$token"; esac)");
  const Ended ended = curl.run(daemon, {"work", "--", "-f", "/user"});
  CHECK(ended.exit == 0);
  CHECK(ended.out == "Authorization: Bearer second\n");
  CHECK(ended.err.empty());
  CHECK(daemon.calls().at(2).contains(R"("rejected":"first")"));
}

TEST_CASE("where no other token can be had, the API's answer is heard, and why")
{
  ScriptedDaemon daemon{{{"GetAccount", {reply(kAccount)}}},
                        {{"GetToken", {token("first")}}},
                        {{"GetToken",
                          {error("LoginRequired", R"({"account":"work","cause":"signed_out",)"
                                                  R"("reason":"work needs a login","next":"tokenctl login work"})")}}}};
  const FakeCurl curl(kLikeCurl + "answer 'HTTP/1.1 401 Unauthorized'; echo refused; exit 22");
  const Ended ended = curl.run(daemon, {"work", "--", "-fi", "/user"});
  CHECK(ended.exit == 22);
  CHECK(ended.out == "refused\n");
  CHECK(ended.err ==
        "tokenctl: the API refused the token (401), and there is no new one:\n"
        "tokenctl: work needs a login: run 'tokenctl login work'\n");
}

TEST_CASE("failures before curl runs end with 125, so that none is taken for curl's")
{
  const FakeCurl curl("echo ran");
  ScriptedDaemon daemon{
      {{"GetAccount", {error("NoSuchAccount", R"({"account":"wrok","reason":"no account 'wrok' here"})")}}},
      {{"GetAccount", {reply(kAccount)}}}};
  CHECK(curl.run(daemon, {"wrok", "--", "/user"}).exit == 125);
  const Ended denied = curl.run(daemon, {"work", "--json", "--", "https://evil.example/"});
  CHECK(denied.exit == 125);
  CHECK(denied.err.starts_with(R"({"error":"denied","exit":125,"account":"work",)"));
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"work"},
                                                                                     {"work", "-s", "/user"},
                                                                                     {"no/name", "--", "/user"},
                                                                                     {"work", "--", "-K", "x"},
                                                                                     {"work", "--", "-k", "/x"}}) {
    const Ended ended = curl.run(daemon, words);
    CHECK(ended.exit == 125);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("curl's own --json is none of ours")
{
  ScriptedDaemon daemon{{{"GetAccount", {reply(kAccount)}}}};
  const FakeCurl curl("echo ran");
  CHECK(curl.run(daemon, {"work", "--", "--json", "{}", "https://evil.example"}).err.starts_with("tokenctl: "));
}

TEST_CASE("without curl it ends with 127, and with 126 where curl is no program")
{
  ScriptedDaemon daemon{{{"GetAccount", {reply(kAccount)}}}, {{"GetToken", {token("t")}}}};
  const Ended missing =
      Child({"curl", "work", "--", "/x"}, {"TOKEND_SOCKET=" + daemon.path(), "PATH=/nonexistent"}).end();
  CHECK(missing.exit == 127);
  CHECK(missing.err.contains("curl cannot be started: No such file or directory: install curl"));
  ScriptedDaemon another{{{"GetAccount", {reply(kAccount)}}}, {{"GetToken", {token("t")}}}};
  const FakeCurl curl("", 0600);
  const Ended closed =
      Child({"curl", "work", "--", "/x"}, {"TOKEND_SOCKET=" + another.path(), "PATH=" + curl.path()}).end();
  CHECK(closed.exit == 126);
}
