#include "daemon/core/authorization.hpp"
#include "tests/catch.hpp"

using namespace tokend;

namespace {

struct Given {
  Provider provider{.authorization_endpoint = "https://login.acme.example/authorize"};
  std::vector<std::string> scopes = {"a", "b c"};
  std::map<std::string, std::string> params = {};

  Result<std::string> url() const
  {
    return authorization_url({.provider = provider,
                              .client_id = "id&x",
                              .redirect_uri = "http://127.0.0.1:28765/callback/acme",
                              .scopes = scopes,
                              .params = params,
                              .state = "st",
                              .challenge = "ch"});
  }
};

}  // namespace

TEST_CASE("an authorization URL carries every parameter, percent-encoded")
{
  CHECK(Given{}.url().value() ==
        "https://login.acme.example/authorize?response_type=code&client_id=id%26x&"
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A28765%2Fcallback%2Facme&scope=a%20b%20c&state=st&code_challenge=ch&"
        "code_challenge_method=S256");
}

TEST_CASE("the endpoint's own query stays in front, and the account's parameters come last")
{
  Given given;
  given.provider.authorization_endpoint += "?audience=api.acme.example";
  given.params = {{"prompt", "consent"}};
  const auto url = given.url().value();
  CHECK(url.starts_with("https://login.acme.example/authorize?audience=api.acme.example&response_type=code&"));
  CHECK(url.ends_with("&prompt=consent"));
}

TEST_CASE("without scopes there is no scope parameter")
{
  Given given;
  given.scopes.clear();
  const auto url = given.url().value();
  CHECK_FALSE(url.contains("scope="));
}

TEST_CASE("nobody's parameter overrides ours")
{
  Given given;
  const auto* const name = GENERATE("state", "redirect_uri", "client_id", "code_challenge", "scope", "request");
  SECTION("the account's") { given.params = {{name, "x"}}; }
  SECTION("the endpoint's") { given.provider.authorization_endpoint += "?" + std::string(name) + "=x"; }
  const auto url = given.url();
  REQUIRE_FALSE(url.has_value());
  CHECK(url.error().code == ErrorCode::kInvalidDefinition);
  CHECK(url.error().reason.contains(name));
}

TEST_CASE("only https, or http on a literal loopback address, may be opened")
{
  CHECK(check_openable("https://login.acme.example/a?b=c", "URL"));
  CHECK(check_openable("http://127.0.0.1:9000/a", "URL"));
  CHECK(check_openable("http://[::1]:9000/a", "URL"));
  for (const std::string url : {"http://login.acme.example", "http://localhost/a", "https://ana@login.acme.example",
                                "https://login.acme.example/\x1b[2J", "https://login.acme.ex\u00e4mple", "file:///etc",
                                "javascript:alert(1)", "", "https://login.acme.example/a b"})
    CHECK_FALSE(check_openable(url, "URL"));
}

TEST_CASE("a URL longer than 8 KiB is refused")
{
  Given given;
  given.params = {{"hint", std::string(8192, 'x')}};
  CHECK(given.url().error().code == ErrorCode::kProviderRefused);
}
