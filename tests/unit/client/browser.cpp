#include "client/browser.hpp"

#include <map>

#include "tests/catch.hpp"

using namespace tokend::client;
using Commands = std::vector<std::vector<std::string>>;

namespace {

Variables variables(std::map<std::string, std::string> all)
{
  return [all](const char* name) -> std::optional<std::string> {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

TEST_CASE("only addresses that are safe to open are opened")
{
  for (const char* url : {"https://auth.example/authorize?x=1&y=%20", "https://auth.example:8443/", "https://[::1]/a",
                          "http://127.0.0.1:8080/a", "http://127.1.2.3/", "http://[::1]:99/a"}) {
    INFO(url);
    CHECK(is_openable(url));
  }
  for (const char* url :
       {"", "http://auth.example/", "http://localhost/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil/",
        "https://user@auth.example/", "https://user:pw@auth.example/", "https:///x", "https://", "ftp://x/", "file:///",
        "javascript:alert(1)", "https://a b/", "https://a\n/", "https://a\x1b/", "https://a\\b/", "https://é.example/",
        "--new-window", "HTTPS://x/"}) {
    INFO(url);
    CHECK_FALSE(is_openable(url));
  }
  CHECK(is_openable("https://a/" + std::string(8 * 1024 - 10, 'x')));
  CHECK_FALSE(is_openable("https://a/" + std::string(8 * 1024 - 9, 'x')));
}

TEST_CASE("the host is shown as it will be asked")
{
  CHECK(host_of("https://auth.example:8443/a?b=https://c") == "auth.example:8443");
  CHECK(host_of("https://auth.example") == "auth.example");
}

TEST_CASE("$BROWSER is a list of commands, made into words without a shell")
{
  const std::string url = "https://x/?a=1&b=$(reboot)";
  CHECK(browser_commands(url, variables({})) == Commands{{"xdg-open", url}});
  CHECK(browser_commands(url, variables({{"BROWSER", "firefox -P work:lynx %s --quiet"}})) ==
        Commands{{"firefox", "-P", "work", url}, {"lynx", url, "--quiet"}});
  CHECK(browser_commands(url, variables({{"BROWSER", ":"}})).empty());
}

TEST_CASE("a browser that is not there is passed over")
{
  CHECK(open_browser("https://x/", variables({{"BROWSER", "/nonexistent/browser:true"}})));
  CHECK_FALSE(open_browser("https://x/", variables({{"BROWSER", "/nonexistent/browser"}})));
  CHECK_FALSE(open_browser("http://x/", variables({{"BROWSER", "true"}})));
}

TEST_CASE("a display, or a browser by name, is what a window needs")
{
  CHECK(has_display(variables({{"DISPLAY", ":0"}})));
  CHECK(has_display(variables({{"WAYLAND_DISPLAY", "wayland-0"}})));
  CHECK(has_display(variables({{"BROWSER", "lynx"}})));
  CHECK_FALSE(has_display(variables({{"DISPLAY", ""}})));
}
