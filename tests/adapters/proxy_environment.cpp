// Which hosts NO_PROXY exempts.
#include "daemon/adapters/proxy_environment.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

TEST_CASE("NO_PROXY exempts the names that it lists, and what is below them")
{
  for (const auto* list : {"*", "id.example", ".id.example", "other.example, ID.example", "other.example id.example."})
    for (const auto* host : {"id.example", "token.id.example", "id.example."}) CHECK(is_exempt_from_proxy(host, list));
  for (const auto* list : {"", " , ", "token.id.example", "d.example", "id.example.org", "**"})
    CHECK_FALSE(is_exempt_from_proxy("id.example", list));
}

}  // namespace
}  // namespace tokend
