#include "daemon/broker/definition_merge.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

using Changed = std::vector<std::string>;

TEST_CASE("only fields that are given and differ change")
{
  AccountDefinition held;
  held.client_id = "app";
  wire::Definition given;
  given.client_id = "app";
  given.scopes = {{"read"}};
  CHECK(*merge(given, held) == Changed{"scopes"});
  CHECK(*merge(given, held) == Changed{});
}

TEST_CASE("a way to authenticate that was left open changes when one is given, also to none")
{
  for (const char* word : {"none", "basic", "post"}) {
    AccountDefinition held;
    wire::Definition given;
    given.client_auth = word;
    CHECK(*merge(given, held) == Changed{"clientAuth"});
    CHECK(held.client_auth == client_auth_from(word));
    CHECK(*merge(given, held) == Changed{});
  }
}

TEST_CASE("a word that is no value is refused with those that are")
{
  AccountDefinition held;
  wire::Definition given;
  given.client_auth = "magic";
  const auto merged = merge(given, held);
  REQUIRE_FALSE(merged.has_value());
  CHECK(merged.error().subject == "clientAuth");
  CHECK(merged.error().reason == "'magic' is no value of clientAuth: it is basic, post or none");
  CHECK(held == AccountDefinition{});
}

}  // namespace
}  // namespace tokend
