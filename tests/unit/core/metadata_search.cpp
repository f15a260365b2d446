// Looking for metadata: what ends the search, what goes on, and which reason is told.
#include "daemon/core/metadata_search.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr WallTime kNow{Seconds(1'700'000'000)};

HttpOutcome answer(int status, std::string body)
{
  return HttpReply{.status = status, .fields = {}, .body = Secret(std::move(body))};
}

HttpOutcome metadata()
{
  return answer(200, R"({"issuer":"https://id.example","token_endpoint":"https://id.example/t"})");
}

TEST_CASE("metadata at either place is found, whatever the other one said")
{
  const auto first = GENERATE(0, 200, 404, 429, 503);
  MetadataSearch search("https://id.example");
  CHECK(search.next() == "https://id.example/.well-known/openid-configuration");
  if (first != 0) {
    CHECK_FALSE(search.read(answer(first, "<html>"), kNow));
    CHECK(search.next() == "https://id.example/.well-known/oauth-authorization-server");
  }
  const auto found = search.read(metadata(), kNow);
  REQUIRE(found);
  CHECK(found->token_endpoint == "https://id.example/t");
}

TEST_CASE("a host that cannot be reached is not asked at its other place")
{
  MetadataSearch search("https://id.example");
  search.next();
  CHECK_FALSE(search.read(std::unexpected(HttpFailure{HttpTrouble::kDns, Sent::kNo}), kNow));
  CHECK_FALSE(search.next());
  REQUIRE(search.trouble());
  CHECK(search.trouble()->cause == "dns");
  CHECK(search.trouble()->reason == "id.example cannot be found (DNS)");
}

TEST_CASE("of two reasons the one that a person can act on is told, else the first; 404 twice is none")
{
  constexpr int kOtherIssuer = 200;
  struct Row {
    int first, second;
    std::string cause;
  };
  const auto [first, second, cause] = GENERATE(values<Row>({{503, kOtherIssuer, "endpoint_changed"},
                                                            {kOtherIssuer, 503, "endpoint_changed"},
                                                            {429, 503, "rate_limited"},
                                                            {404, 503, "provider_error"},
                                                            {404, 404, "none"}}));
  MetadataSearch search("https://id.example");
  for (const int status : {first, second}) {
    REQUIRE(search.next());
    CHECK_FALSE(search.read(answer(status, R"({"issuer":"https://evil.example"})"), kNow));
  }
  CHECK_FALSE(search.next());
  CHECK((search.trouble() ? search.trouble()->cause : "none") == cause);
}

}  // namespace
}  // namespace tokend
