#include "daemon/core/url.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

Url parsed(std::string_view text)
{
  auto url = parse_url(text);
  if (!url) FAIL(text << ": " << url.error().reason);
  return *url;
}

TEST_CASE("a URL is taken apart and put together again")
{
  const Url url = parsed("HTTPS://Login.Example:8443/a%20b/c?x=1&y=a|b#frag");
  CHECK(url.scheme == "https");
  CHECK(url.host == "login.example");
  CHECK(url.port == 8443);
  CHECK(url.path == "/a%20b/c");
  CHECK(url.query == "x=1&y=a|b");
  CHECK(url.fragment == "frag");
  CHECK(to_string(url) == "https://login.example:8443/a%20b/c?x=1&y=a|b#frag");
}

TEST_CASE("what is absent in a URL and what is empty are two things")
{
  CHECK(to_string(parsed("https://h")) == "https://h/");
  CHECK(to_string(parsed("https://h/?")) == "https://h/?");
  CHECK(to_string(parsed("https://h?q#")) == "https://h/?q#");
  CHECK_FALSE(parsed("https://h/").query);
}

TEST_CASE("hosts are names, dotted quads and bracketed IPv6 addresses")
{
  for (const auto* host : {"a", "localhost", "xn--mnchen-3ya.example", "a_b.c-d.e", "127.0.0.1", "255.255.255.255",
                           "[::1]", "[::]", "[2001:db8::8:800:200c:417a]", "[1:2:3:4:5:6:7:8]"}) {
    CAPTURE(host);
    CHECK(parsed("https://" + std::string(host) + "/").host == host);
  }
}

TEST_CASE("a URL that could be read in two ways is refused")
{
  const std::string_view bad[] = {
      "",
      "https",
      "https:/h",
      "https:h",
      "//h/",
      "ftp://h/",
      "javascript://h/%0aalert(1)",
      "https://",
      "https:///p",
      "https://user@h/",
      "https://user:pw@h/",
      "https://h@evil/",
      "https://h:0/",
      "https://h:65536/",
      "https://h:/",
      "https://h:08/",
      "https://h:8o/",
      "https://h:1:2/",
      "https://a..b/",
      "https://.a/",
      "https://a./",
      "https://-a/",
      "https://a-/",
      "https://a%2eb/",
      "https://h\\@evil/",
      "https://m\xC3\xBCnchen/",
      "https://h/\xC3\xBC",
      "https://127.1/",
      "https://0x7f.1/",
      "https://2130706433/",
      "https://1.2.3.256/",
      "https://1.2.3.04/",
      "https://1.2.3.4.5/",
      "https://[::1/",
      "https://::1/",
      "https://[::1]x/",
      "https://[1::2::3]/",
      "https://[::ffff:1.2.3.4]/",
      "https://[fe80::1%25eth0]/",
      "https://[1:2:3:4:5:6:7]/",
      "https://[12345::]/",
      "https://h/a b",
      "https://h/%",
      "https://h/%4",
      "https://h/%4g",
      "https://h/?a=%zz",
      "https://h/<",
      "https://h/?\"",
      "https://h/{a}",
      "https://h/a|b",
      "https://h/#%",
      " https://h/",
      "https://h/ ",
      "https://h/\n",
      "https://h\t/",
  };
  for (const auto text : bad) {
    CAPTURE(text);
    const auto url = parse_url(text);
    CHECK_FALSE(url);
    if (!url) CHECK(url.error().code == ErrorCode::kInvalidParameter);
  }
}

TEST_CASE("a URL has at most 8192 characters and a host at most 253")
{
  const std::string stem = "https://h/";
  CHECK(parse_url(stem + std::string(kLongestUrl - stem.size(), 'a')));
  CHECK_FALSE(parse_url(stem + std::string(kLongestUrl - stem.size() + 1, 'a')));
  CHECK_FALSE(parse_url("https://" + std::string(64, 'a') + "/"));
  std::string host;
  while (host.size() < 253) host += "a.";
  CHECK_FALSE(parse_url("https://" + host + "a/"));
}

TEST_CASE("an origin shows the port only where it is not the usual one")
{
  CHECK(origin(parsed("https://H.example/p?q")) == "https://h.example");
  CHECK(origin(parsed("https://h:443/")) == "https://h");
  CHECK(origin(parsed("http://h:80/")) == "http://h");
  CHECK(origin(parsed("http://h:443/")) == "http://h:443");
  CHECK(origin(parsed("https://[::1]:8443/")) == "https://[::1]:8443");
  CHECK(port_of(parsed("http://h/")) == 80);
}

TEST_CASE("only addresses in digits are literal loopback")
{
  for (const auto* host : {"127.0.0.1", "127.255.3.4", "[::1]"})
    CHECK(is_literal_loopback(parsed("http://" + std::string(host))));
  for (const auto* host : {"localhost", "127.example", "128.0.0.1", "[::2]", "127.0.0.1.example"})
    CHECK_FALSE(is_literal_loopback(parsed("http://" + std::string(host))));
  CHECK(is_loopback(parsed("http://LOCALHOST:1/")));
  CHECK_FALSE(is_loopback(parsed("http://localhost.example/")));
}

TEST_CASE("a subdomain is below its host, and addresses have none")
{
  const auto below = [](const char* candidate, const char* of) {
    return is_host_or_subdomain(parsed("https://" + std::string(candidate)), parsed("https://" + std::string(of)));
  };
  CHECK(below("example", "example:8443"));
  CHECK(below("a.b.example", "example"));
  CHECK_FALSE(below("example", "a.example"));
  CHECK_FALSE(below("evilexample", "example"));
  CHECK_FALSE(below("example.evil", "example"));
  CHECK(below("10.0.0.1", "10.0.0.1"));
}

TEST_CASE("an endpoint is https, or http on a literal loopback address that was allowed")
{
  CHECK(parse_endpoint("https://h/token?a=1", false));
  CHECK(parse_endpoint("http://127.0.0.1:1/token", true));
  CHECK(parse_endpoint("http://[::1]:1/token", true));
  CHECK_FALSE(parse_endpoint("http://127.0.0.1:1/token", false));
  CHECK_FALSE(parse_endpoint("http://localhost:1/token", true));
  CHECK_FALSE(parse_endpoint("http://h/token", true));
  CHECK_FALSE(parse_endpoint("https://h/token#f", true));
}

TEST_CASE("appending a query keeps the one that is there")
{
  const FormField fields[] = {{"scope", "a b"}, {"x", "&"}};
  CHECK(append_query("https://h/a", fields) == "https://h/a?scope=a%20b&x=%26");
  CHECK(append_query("https://h/a?", fields) == "https://h/a?scope=a%20b&x=%26");
  CHECK(append_query("https://h/a?b=c", fields) == "https://h/a?b=c&scope=a%20b&x=%26");
  CHECK(append_query("https://h/a?b=c&", fields) == "https://h/a?b=c&scope=a%20b&x=%26");
  CHECK(append_query("https://h/a", {}) == "https://h/a");
}

}  // namespace
}  // namespace tokend
