#include "proto/http_query.hpp"

#include "tests/catch.hpp"
#include "tests/unit/vectors.hpp"

TEST_CASE("a query is decoded strictly, in order, repeated names kept")
{
  for (const auto& vector : tokend::test::load_vectors("query.txt")) {
    INFO(vector.line);
    const std::size_t arrow = vector.text.find(" ->");
    const auto parameters = tokend::query_parameters(std::string_view(vector.text).substr(0, arrow));
    REQUIRE(parameters.has_value() == (vector.verdict == "good"));
    if (!parameters) continue;
    std::string joined;
    for (const auto& [name, value] : *parameters) joined += (joined.empty() ? "" : ";") + name + "=" + value;
    CHECK(joined == (arrow + 4 <= vector.text.size() ? vector.text.substr(arrow + 4) : ""));
  }
}

TEST_CASE("a path's segment keeps its plus signs")
{
  CHECK(tokend::percent_decode("ana+work%40acme.example") == "ana+work@acme.example");
  CHECK_FALSE(tokend::percent_decode("a%0"));
  CHECK_FALSE(tokend::percent_decode("a%00"));
}
