#include "client/curl/api_address.hpp"
#include "tests/catch.hpp"

using namespace tokend::client;

namespace {

const AccountPlaces kWork{"work", "https://api.example/v2/", {"https://git.example/acme", "http://127.0.0.1:8080"}};

std::string sent_to(const std::string& word, bool any_host = false)
{
  const auto url = api_address(kWork, word, any_host);
  return url ? *url : "refused: " + url.error().reason + ": " + url.error().next;
}

}  // namespace

TEST_CASE("an origin is scheme, host and port, however they are written")
{
  CHECK(origin_of("https://api.example") == "https://api.example:443");
  CHECK(origin_of("HTTPS://API.Example:443/a:b@c?d#e") == "https://api.example:443");
  CHECK(origin_of("https://api.example?q") == "https://api.example:443");
  CHECK(origin_of("http://[::1]/x") == "http://[::1]:80");
  CHECK(origin_of("http://[::1]:8080") == "http://[::1]:8080");
}

TEST_CASE("what curl could read in another way has no origin")
{
  for (const char* url : {"",
                          "api.example",
                          "//api.example",
                          "https:api.example",
                          "https:/api.example",
                          "https:///api.example",
                          "ftp://api.example",
                          "file:///etc/passwd",
                          "https://user@api.example",
                          "https://api.example:443@evil.example",
                          "https://api.example\\@evil.example/",
                          "https://api.example\\.evil.example",
                          "https://api.example:x/",
                          "https://api.example:0/",
                          "https://api.example:65536/",
                          "https://api.example:/",
                          "https://api%2eexample/",
                          "https://{api,evil}.example/",
                          "https://[::1/",
                          "https://[::1]evil/",
                          "https://[fe80::1%25eth0]/",
                          "https://é.example/",
                          "https://api.example/ x",
                          "https://api.example/\r\nHost: evil",
                          " https://api.example",
                          "-"}) {
    INFO(url);
    CHECK(origin_of(url) == std::nullopt);
  }
}

TEST_CASE("a token goes to the account's hosts, on whatever path")
{
  CHECK(sent_to("https://api.example/other?x=[1]") == "https://api.example/other?x=[1]");
  CHECK(sent_to("https://GIT.example:443/") == "https://GIT.example:443/");
  CHECK(sent_to("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080/x");
}

TEST_CASE("another scheme, host or port is another host")
{
  for (const char* url :
       {"http://api.example/", "https://api.example:8443/", "https://evil.example/", "https://api.example./",
        "https://a.api.example/", "http://127.0.0.1:8081/", "https://127.0.0.1:8080/", "http://127.1:8080/"}) {
    INFO(url);
    CHECK(sent_to(url).contains("none of the account's hosts"));
  }
  CHECK(sent_to("https://evil.example/x") ==
        "refused: https://evil.example:443 is at none of the account's hosts (work is for https://git.example/acme, "
        "http://127.0.0.1:8080, https://api.example/v2/), so it gets no token: name another address, or send it there "
        "all "
        "the same with --any-host");
}

TEST_CASE("--any-host lifts that, but not into the clear")
{
  CHECK(sent_to("https://evil.example/x", true) == "https://evil.example/x");
  CHECK(sent_to("http://localhost:3000/", true) == "http://localhost:3000/");
  for (const char* url : {"http://evil.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/"}) {
    INFO(url);
    CHECK(sent_to(url, true).contains("is not https"));
  }
  CHECK(sent_to("https://user@evil.example/", true).contains("no address that a token can be sent to"));
}

TEST_CASE("a path is joined to the API's base, else to the only URL")
{
  CHECK(sent_to("/users?x=1") == "https://api.example/v2/users?x=1");
  CHECK(sent_to("//evil.example/") == "https://api.example/v2//evil.example/");
  const auto joined = [](std::vector<std::string> urls) {
    const auto url = api_address({"work", "", std::move(urls)}, "/x", false);
    return url ? *url : url.error().reason;
  };
  CHECK(joined({"https://one.example"}) == "https://one.example/x");
  CHECK(joined({}).contains("has no address"));
  CHECK(joined({"https://one.example", "https://two.example"}).contains("more than one address"));
  CHECK(api_address({"work", "", {"https://one.example:4"}}, "/@evil.example", false) ==
        "https://one.example:4/@evil.example");
}
