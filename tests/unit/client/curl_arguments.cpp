#include "client/curl/curl_arguments.hpp"

#include "tests/catch.hpp"

using namespace tokend::client;
using Words = std::vector<std::string>;

namespace {

CurlArguments good(const Words& words)
{
  auto arguments = read_curl_arguments(words);
  INFO((arguments ? "" : arguments.error().reason));
  REQUIRE(arguments);
  return *arguments;
}

std::string refused(const Words& words)
{
  const auto arguments = read_curl_arguments(words);
  REQUIRE_FALSE(arguments);
  CHECK(arguments.error().exit == 2);
  return arguments.error().reason;
}

}  // namespace

TEST_CASE("the address is found among curl's options, wherever it stands")
{
  for (const Words& words : {Words{"-s", "-o", "file", "/x"},
                             {"/x", "-so", "file"},
                             {"-sofile", "/x"},
                             {"--silent", "--url", "/x", "--output", "file"},
                             {"-s", "-ofile", "--", "/x"}}) {
    const CurlArguments arguments = good(words);
    CHECK(arguments.address == "/x");
    CHECK(arguments.options.size() == 3);
  }
  CHECK(good({"-sXPOST", "-dname=value", "/x"}).options ==
        Words{"--silent", "--request", "POST", "--data", "name=value"});
  CHECK(good({"--", "-s"}).address == "-s");
}

TEST_CASE("the value of an option is no address and no option")
{
  CHECK(good({"-A", "https://evil.example", "/x"}).address == "/x");
  CHECK(good({"-d", "--next", "/x"}).options == Words{"--data", "--next"});
  CHECK(good({"-o-K", "/x"}).options == Words{"--output", "-K"});
}

TEST_CASE("one call has one address")
{
  CHECK(refused({"-s"}).contains("an address for curl is missing"));
  CHECK(refused({"/x", "/y"}).contains("'/y' is a second"));
  CHECK(refused({"/x", "--url", "/y"}).contains("'/y' is a second"));
  CHECK(refused({"/x", "--next", "/y"}).contains("--next is for more than one address"));
}

TEST_CASE("what could hand the token to others is refused, also amid other letters")
{
  for (const char* option : {"--location-trusted",
                             "--config",
                             "-K",
                             "-sK",
                             "--next",
                             "-:",
                             "-Z",
                             "-u",
                             "-su",
                             "--netrc",
                             "-n",
                             "--oauth2-bearer",
                             "--digest",
                             "-v",
                             "-sv",
                             "--trace",
                             "--trace-ascii",
                             "--libcurl",
                             "--proto-default",
                             "--engine",
                             "--location-truste",
                             "--locat",
                             "--data=x",
                             "--interface"}) {
    INFO(option);
    CHECK(refused({option, "value", "/x"}).starts_with("curl's -"));
  }
  CHECK(refused({"--location-trusted", "/x"}).contains("every host that a redirect names"));
  CHECK(refused({"-v", "/x"}).contains("would show the token"));
  CHECK(refused({"-u", "me:x", "/x"}).contains("another way to sign in"));
}

TEST_CASE("options that lead elsewhere are told by name")
{
  CHECK(good({"-k", "/x"}).elsewhere == "--insecure");
  CHECK(good({"--connect-to", "::evil.example:443", "/x"}).elsewhere == "--connect-to");
  CHECK(good({"-L", "-x", "http://proxy:3128", "/x"}).elsewhere.empty());
}

TEST_CASE("a header that says to whom or by whom is refused")
{
  for (const char* header : {"Authorization: x", "authorization:", "AUTHORIZATION;", "Authorization : x"})
    CHECK(refused({"-H", header, "/x"}).contains("Authorization"));
  CHECK(refused({"-H", "host: evil.example", "/x"}).contains("Host"));
  CHECK(refused({"-H", "X: y\r\nHost: evil.example", "/x"}).contains("one line"));
  CHECK(good({"-H", "Hostess: x", "/x"}).options == Words{"--header", "Hostess: x"});
}

TEST_CASE("a missing value is told with the option's name")
{
  CHECK(refused({"/x", "-o"}).contains("-o needs a value"));
  CHECK(refused({"/x", "--data"}).contains("--data needs a value"));
}

TEST_CASE("the file for the response's headers is taken out: tokenctl reads them first")
{
  const CurlArguments arguments = good({"-sD", "headers.txt", "/x"});
  CHECK(arguments.headers_to == "headers.txt");
  CHECK(arguments.options == Words{"--silent"});
}

TEST_CASE("what is read from stdin or a pipe is read only once")
{
  for (const Words& words : {Words{"-d", "@-"},
                             {"--json", "@-"},
                             {"--data-binary", "@/dev/stdin"},
                             {"-T", "-"},
                             {"-T."},
                             {"-F", "file=@-;type=text/plain"},
                             {"-F", "a=<-"},
                             {"--data-urlencode", "name@-"},
                             {"-H", "@-"},
                             {"-b", "-"},
                             {"-d", "@/dev/null"}}) {
    Words all = words;
    all.emplace_back("/x");
    INFO(words.back());
    CHECK(good(all).only_once.starts_with("--"));
  }
  for (const Words& words : {Words{"-d", "-"},
                             {"-d", "a=@-"},
                             {"--data-raw", "@-"},
                             {"-F", "a=b;c"},
                             {"-F", "a=-"},
                             {"-d", "@/nonexistent"},
                             {"-d", "@/etc/passwd"},
                             {"-T", "/etc/passwd"},
                             {"-F", "a=@/etc/passwd"}}) {
    Words all = words;
    all.emplace_back("/x");
    INFO(words.back());
    CHECK(good(all).only_once.empty());
  }
}

TEST_CASE("what would find its own file of the first time is done only once")
{
  CHECK(good({"-OJ", "/x"}).only_once == "--remote-header-name");
  CHECK(good({"-O", "--no-clobber", "/x"}).only_once == "--no-clobber");
  CHECK(good({"-C", "-", "/x"}).only_once == "--continue-at");
  CHECK(good({"-O", "/x"}).only_once.empty());
}
