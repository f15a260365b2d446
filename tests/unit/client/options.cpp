#include "client/options.hpp"

#include <array>

#include "tests/catch.hpp"

using namespace tokend::client;
using Words = std::vector<std::string>;

namespace {

constexpr std::array<Option, 5> kOptions{{
    {.name = "--scope", .value = "S", .use = Option::Use::kRepeated},
    {.name = "--timeout", .value = "SECONDS"},
    {.name = "--json", .value = ""},
    {.name = "--quiet", .value = "", .letter = 'q'},
    {.name = "--paste", .value = "", .use = Option::Use::kLater},
}};

Arguments good(const Words& line)
{
  auto arguments = parse(kOptions, line);
  REQUIRE(arguments);
  return *arguments;
}

std::string refused(const Words& line)
{
  const auto arguments = parse(kOptions, line);
  REQUIRE_FALSE(arguments);
  CHECK(arguments.error().exit == 2);
  return arguments.error().reason;
}

}  // namespace

TEST_CASE("options stand before, between and behind the words")
{
  const Arguments arguments = good({"--json", "jira", "--scope", "a", "x", "--scope=b", "-q"});
  CHECK(arguments.words == Words{"jira", "x"});
  CHECK(arguments.values("--scope") == Words{"a", "b"});
  CHECK(arguments.has("--json"));
  CHECK(arguments.has("--quiet"));
  CHECK_FALSE(arguments.has("--timeout"));
}

TEST_CASE("after two dashes everything is a word, and a dash alone is one")
{
  CHECK(good({"a", "--", "--json", "-q"}).words == Words{"a", "--json", "-q"});
  CHECK(good({"-"}).words == Words{"-"});
}

TEST_CASE("a value may look like an option, and may hold an equals sign")
{
  CHECK(good({"--scope", "--json"}).value("--scope") == "--json");
  CHECK(good({"--scope=a=b"}).value("--scope") == "a=b");
  CHECK(good({"--scope="}).value("--scope") == "");
}

TEST_CASE("mistakes on the command line are told with the option's name")
{
  CHECK(refused({"--scopes", "a"}).contains("--scope?"));
  CHECK(refused({"--time=5"}).contains("did you mean --timeout?"));
  CHECK_FALSE(refused({"--past"}).contains("--paste?"));
  CHECK(refused({"--nothing-like-it"}).contains("--nothing-like-it"));
  CHECK(refused({"-x"}).contains("-x"));
  CHECK(refused({"--timeout"}).contains("--timeout SECONDS"));
  CHECK(refused({"--timeout", "1", "--timeout", "2"}).contains("twice"));
  CHECK(refused({"--json=yes"}).contains("--json"));
  CHECK(refused({"--paste"}).contains("--paste is not in this version"));
}

TEST_CASE("seconds are whole numbers")
{
  CHECK(good({"--timeout", "60"}).seconds("--timeout").value() == 60);
  CHECK(good({}).seconds("--timeout").value() == std::nullopt);
  for (const char* wrong : {"", "-1", "1.5", "10s", "99999999999999999999"})
    CHECK_FALSE(good({"--timeout", wrong}).seconds("--timeout"));
}

TEST_CASE("any number of seconds can be asked for; beyond thirty years it is no matter how many")
{
  CHECK(good({"--timeout", "9223372036854775807"}).seconds("--timeout").value() == 1'000'000'000);
}
