#include "daemon/core/config.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

std::string complaint(std::string_view text)
{
  const auto config = parse_config(text, "tokend.toml");
  if (config) return "";
  CHECK(config.error().code == ErrorCode::kInvalidParameter);
  return config.error().reason;
}

TEST_CASE("an empty tokend.toml is the defaults") { CHECK(parse_config("", "tokend.toml") == Config{}); }

TEST_CASE("every key of tokend.toml is read")
{
  const auto config = parse_config(R"(
log_level = "debug"
[login]
redirect_port = 7777
timeout_s = 60
browser = ["firefox", "-P", "work"]
[refresh]
idle_days = 3
keep_alive = false
[notify]
mode = "off"
[network]
ca_file = "/etc/ssl/acme-ca.pem"
[limits]
connections = 10
connections_per_uid = 5
)",
                                   "tokend.toml");
  REQUIRE(config);
  CHECK(*config == Config{.log_level = LogLevel::kDebug,
                          .redirect_port = 7777,
                          .login_timeout = Seconds(60),
                          .browser = {Starter::Mode::kCommand, {"firefox", "-P", "work"}},
                          .idle_days = 3,
                          .keep_alive = false,
                          .notify = {Starter::Mode::kOff, {}},
                          .ca_file = "/etc/ssl/acme-ca.pem",
                          .ca_file_line = 13,
                          .connections = 10,
                          .connections_per_uid = 5});
}

TEST_CASE("the words of the starters are those of the documentation")
{
  CHECK(parse_config("login.browser = \"auto\"\nnotify.mode = \"desktop\"", "f") == Config{});
  CHECK(parse_config("login.browser = \"never\"", "f")->browser.mode == Starter::Mode::kOff);
  CHECK(parse_config("notify.mode = [\"/bin/say\"]", "f")->notify.command == std::vector<std::string>{"/bin/say"});
}

TEST_CASE("an unknown key is an error that names file, line and key")
{
  CHECK(complaint("\n\nlog_levle = \"info\"") == "tokend.toml:3: there is no setting log_levle");
  CHECK(complaint("[login]\nredirect_prot = 1") == "tokend.toml:2: there is no setting login.redirect_prot");
  CHECK(complaint("[logni]\nx = 1") == "tokend.toml:1: there is no setting logni");
  CHECK(complaint("[login.inner]\nx = 1") == "tokend.toml:1: there is no setting login.inner");
}

TEST_CASE("a value of the wrong kind or out of range says what it must be")
{
  CHECK(complaint("log_level = \"loud\"") ==
        "tokend.toml:1: log_level must be \"error\", \"warn\", \"info\" or \"debug\"");
  CHECK(complaint("[login]\nredirect_port = 0") ==
        "tokend.toml:2: login.redirect_port must be a whole number from 1 to 65535");
  for (const auto* text : {"login.redirect_port = 65536",
                           "login.redirect_port = \"1\"",
                           "login.redirect_port = 1.0",
                           "login.timeout_s = 0",
                           "login.browser = 1",
                           "login.browser = []",
                           "login.browser = [1]",
                           "login.browser = [\"\"]",
                           "login.browser = [\"a\", 1]",
                           "refresh.idle_days = -1",
                           "refresh.keep_alive = 1",
                           "refresh.keep_alive = \"yes\"",
                           "notify.mode = \"auto\"",
                           "network.ca_file = \"relative.pem\"",
                           "network.ca_file = 1",
                           "limits.connections = 0",
                           "limits.connections_per_uid = 99999999999",
                           "log_level = 1",
                           "login = 1",
                           "login = []"}) {
    CAPTURE(text);
    CHECK(complaint(text).starts_with("tokend.toml:1: "));
    CHECK(complaint(text).find(" must ") != std::string::npos);
  }
}

TEST_CASE("what is not TOML is an error at its line")
{
  CHECK(complaint("a = 1\nb = = 2").starts_with("tokend.toml:2: "));
  CHECK(complaint("log_level = \"info\"\nlog_level = \"info\"").starts_with("tokend.toml:2: "));
  CHECK(complaint("log_level = \"\xFF\"").starts_with("tokend.toml:1: "));
  CHECK(complaint("[=lct_\n").starts_with("tokend.toml:1: "));
  CHECK(complaint("[[\"").starts_with("tokend.toml:1: "));
}

TEST_CASE("characters outside ASCII are for strings and comments")
{
  CHECK(parse_config("\xEF\xBB\xBF# \xC3\xA9\nnetwork.ca_file = \"/\xC3\xA9 \\\"\" # \xC3\xA9", "f")->ca_file ==
        "/\xC3\xA9 \"");
  CHECK(parse_config("network.ca_file = '/\xC3\xA9'", "f"));
  CHECK(parse_config("network.ca_file = \"\"\"/a\n\xC3\xA9\"\"\"\"\nlogin.timeout_s = 5", "f")->ca_file ==
        "/a\n\xC3\xA9\"");
  CHECK(complaint("\n\xC3\xA9 = 1") == "tokend.toml:2: a character that only a string may have");
  CHECK(complaint("\na = 7l=['\xD2\x94").starts_with("tokend.toml:2: "));  // behind a mistake
  CHECK(complaint("a = \"\"\"b\\ \n\n\xEF\xBA\xBF\"\"\"") ==
        "tokend.toml:3: a character that cannot be joined to the line before by a backslash");
  CHECK(complaint("log_level = \"info\" \xEF\xBB\xBE").starts_with("tokend.toml:1: "));
  CHECK(complaint("log_level = \"info\n\xC3\xA9").starts_with("tokend.toml:"));
}

TEST_CASE("what a running daemon cannot take up is named by its key")
{
  const Config running;
  CHECK(needs_restart(running, running).empty());
  Config fresh;
  fresh.log_level = LogLevel::kDebug;
  fresh.redirect_port = 4000;
  CHECK(needs_restart(running, fresh).empty());
  fresh.idle_days = 1;
  fresh.ca_file = "/a.pem";
  fresh.connections = 10;
  fresh.connections_per_uid = 5;
  CHECK(needs_restart(running, fresh) == std::vector<std::string>{"refresh.idle_days", "network.ca_file",
                                                                  "limits.connections", "limits.connections_per_uid"});
}

TEST_CASE("sections of later versions are refused rather than ignored")
{
  CHECK(complaint("[policy.payroll]\nconfirm = \"never\"") ==
        "tokend.toml:1: [policy] is not supported by this version");
  CHECK(complaint("\n[[socket]]\nname = \"x\"") == "tokend.toml:2: [socket] is not supported by this version");
  CHECK(complaint("[vault]\nbind_machine = false") == "tokend.toml:1: [vault] is not supported by this version");
}

}  // namespace
}  // namespace tokend
