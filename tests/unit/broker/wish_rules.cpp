// What a caller may ask for.
#include "daemon/broker/wish_rules.hpp"

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

std::string refused_for(const wire::GetTokenCall& call)
{
  const auto checked = check_wish(call);
  return checked ? "nothing" : checked.error().subject;
}

TEST_CASE("a resource is an absolute URI without a fragment (RFC 8707)")
{
  const std::string good = GENERATE("", "https://api.example/a?b=c", "urn:example:api", "api://1234");
  CHECK(refused_for({.account = "ana", .resource = good}) == "nothing");
  const std::string bad = GENERATE("api", "/files", "https://api.example/#part", "https:", "1https://a", "https://a b",
                                   "https://\xC3\xA4.example", "https://a\n", "https://a/" + std::string(2048, 'x'));
  CHECK(refused_for({.account = "ana", .resource = bad}) == "resource");
}

TEST_CASE("an audience is a text without control characters")
{
  CHECK(refused_for({.account = "ana", .audience = "the api"}) == "nothing");
  const std::string bad = GENERATE(std::string("a\nb"), std::string("\xFF"), std::string(2049, 'x'));
  wire::GetTokenCall call{.account = "ana"};
  call.audience = bad;
  CHECK(refused_for(call) == "audience");
}

TEST_CASE("a wish that cannot be is refused before anything is sent, and says why")
{
  Bench bench;
  bench.sign_in("ana");
  const Caller& caller = bench.ask("ana", {.resource = "https://api.example/#part"});
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kInvalidParameter);
  CHECK(caller.error->reason.contains("fragment"));
  CHECK(bench.provider.out() == 0);
}

}  // namespace
}  // namespace tokend::test
