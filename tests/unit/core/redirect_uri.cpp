#include "daemon/core/redirect.hpp"
#include "tests/catch.hpp"

using namespace tokend;

namespace {

AccountDefinition with_issuer(std::string issuer)
{
  AccountDefinition definition;
  definition.issuer = std::move(issuer);
  return definition;
}

}  // namespace

TEST_CASE("the default redirect URI names the kind of provider and a hash of the issuer")
{
  // printf %s https://login.acme.example | sha256sum
  CHECK(default_redirect_uri(with_issuer("https://login.acme.example"), 28765) ==
        "http://127.0.0.1:28765/callback/oidc-9b2deb");
  AccountDefinition explicit_endpoints;
  explicit_endpoints.token_endpoint = "https://login.acme.example/token";
  CHECK(default_redirect_uri(explicit_endpoints, 4000) == "http://127.0.0.1:4000/callback/oauth2-5ef1cd");
}

TEST_CASE("a redirect URI is read for the listener and kept as it was written")
{
  const auto fixed = parse_redirect_uri("http://localhost:28765/a%2Fb?x=1").value();
  CHECK(fixed.text == "http://localhost:28765/a%2Fb?x=1");
  CHECK(fixed.path == "/a%2Fb");
  CHECK(fixed.listen->host == "localhost");
  CHECK(fixed.listen->port == 28765);
  CHECK(parse_redirect_uri("http://127.0.0.1/cb")->listen->port == 0);
  CHECK(parse_redirect_uri("http://[::1]:80/cb")->listen->port == 80);
  CHECK(parse_redirect_uri("http://127.0.0.1")->path == "/");
  CHECK_FALSE(parse_redirect_uri("https://acme.example/cb")->listen);
}

TEST_CASE("what cannot be a redirect URI here is refused with its field named")
{
  for (const auto* const text :
       {"http://acme.example/cb", "https://127.0.0.1/cb", "http://127.0.0.1/cb#f", "cb", "", "urn:x"}) {
    const auto uri = parse_redirect_uri(text);
    REQUIRE_FALSE(uri.has_value());
    CHECK(uri.error().code == ErrorCode::kInvalidDefinition);
    CHECK(uri.error().subject == "redirectUri");
  }
}

TEST_CASE("an ephemeral port goes behind the host and nowhere else")
{
  const auto placed = [](const char* text) { return with_port(parse_redirect_uri(text).value(), 40001).text; };
  CHECK(placed("http://127.0.0.1/cb") == "http://127.0.0.1:40001/cb");
  CHECK(placed("http://[::1]/cb?a=/b") == "http://[::1]:40001/cb?a=/b");
  CHECK(placed("http://localhost") == "http://localhost:40001");
  CHECK(placed("http://localhost?x") == "http://localhost:40001?x");
}

TEST_CASE("the Host field is compared exactly; the usual port may be left out as browsers do")
{
  const auto uri = parse_redirect_uri("http://127.0.0.1:28765/cb").value();
  CHECK(is_host_field_of(uri, "127.0.0.1:28765"));
  for (const auto* const host :
       {"127.0.0.1", "127.0.0.1:2876", "localhost:28765", "127.0.0.1:28765.", "", "[::1]:28765"})
    CHECK_FALSE(is_host_field_of(uri, host));
  CHECK(is_host_field_of(parse_redirect_uri("http://localhost:80/cb").value(), "localhost"));
}

TEST_CASE("two issuers may not share a redirect URI, two accounts of one issuer may")
{
  auto mine = with_issuer("https://a.example");
  auto other = with_issuer("https://b.example");
  const RedirectUser users[] = {{"other", other}};
  CHECK(check_redirect_is_free(mine, users, 28765));  // the defaults differ

  mine.redirect_uri = other.redirect_uri = "http://127.0.0.1:28765/callback/x";
  const RedirectUser clash[] = {{"other", other}};
  const auto refused = check_redirect_is_free(mine, clash, 28765);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kInvalidDefinition);
  CHECK(refused.error().reason.contains("other"));

  other.issuer = mine.issuer;
  CHECK(check_redirect_is_free(mine, clash, 28765));
  other.issuer = "https://b.example";
  mine.shared_redirect = true;
  CHECK(check_redirect_is_free(mine, clash, 28765));
  mine.shared_redirect = false;
  mine.flow = Flow::kDevice;
  CHECK(check_redirect_is_free(mine, clash, 28765));
}

TEST_CASE("redirect URIs are the same where the listener cannot tell them apart")
{
  auto mine = with_issuer("https://a.example");
  auto other = with_issuer("https://b.example");
  const auto free = [&](const char* uri, const char* others) {
    mine.redirect_uri = uri;
    other.redirect_uri = others;
    const RedirectUser users[] = {{"other", other}};
    return check_redirect_is_free(mine, users, 28765).has_value();
  };
  CHECK_FALSE(free("http://127.0.0.1:28765/cb?x=1", "http://127.0.0.1:28765/cb"));
  CHECK_FALSE(free("http://localhost:80/cb", "http://LOCALHOST:80/cb"));
  CHECK_FALSE(free("http://127.0.0.1/cb", "http://127.0.0.1:28765/cb"));  // any port may be that one
  CHECK_FALSE(free("https://acme.example/cb?x", "https://acme.example:443/cb"));
  CHECK(free("http://127.0.0.1:28765/cb", "http://127.0.0.1:28766/cb"));
  CHECK(free("http://127.0.0.1:28765/cb", "http://127.0.0.1:28765/cb/"));
  CHECK(free("http://127.0.0.1:28765/cb", "http://localhost:28765/cb"));
  CHECK(free("https://acme.example/cb", "http://127.0.0.1:443/cb"));
}

TEST_CASE("without issuers the token endpoints tell two servers apart, also at one origin")
{
  AccountDefinition mine, other;
  mine.redirect_uri = other.redirect_uri = "http://127.0.0.1/cb";
  mine.token_endpoint = "https://as.example/t1/token";
  other.token_endpoint = "https://as.example/t2/token";
  const RedirectUser users[] = {{"other", other}};
  CHECK_FALSE(check_redirect_is_free(mine, users, 28765));
  other.token_endpoint = mine.token_endpoint;
  CHECK(check_redirect_is_free(mine, users, 28765));
}
