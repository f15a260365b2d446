// Where secrets may go.
#include "daemon/core/destination.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

const AllowedOrigins kAllowed({"https://as.example", "https://revoke.as.example:8443", "https://as.example"});

TEST_CASE("a secret may go to any path of an origin that it was entered for")
{
  const auto place = kAllowed.admit("https://as.example:443/token?x=1");
  REQUIRE(place);
  CHECK(place->url() == "https://as.example:443/token?x=1");
  CHECK(kAllowed.admit("https://revoke.as.example:8443/"));
}

TEST_CASE("another host, port or scheme is another place, and so is what is no URL")
{
  const std::string url = GENERATE("https://evil.example/token", "https://as.example:8443/token",
                                   "http://as.example/token", "https://sub.as.example/token", "as.example", "");
  const auto place = kAllowed.admit(url);
  REQUIRE_FALSE(place);
  CHECK(place.error().code == ErrorCode::kProviderRefused);
  CHECK(place.error().cause == "endpoint_changed");
}

TEST_CASE("the refusal says from where to where")
{
  CHECK(AllowedOrigins({"https://a.example"}).admit("https://b.example/token").error().reason ==
        "endpoint changed from https://a.example to https://b.example: nothing was sent there");
}

TEST_CASE("where nothing is allowed nothing goes") { CHECK_FALSE(AllowedOrigins().admit("https://as.example/")); }

}  // namespace
}  // namespace tokend
