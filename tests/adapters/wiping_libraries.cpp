// The allocator that curl and OpenSSL are given. (What operator delete does is tested beside the executable.)
#include <string.h>

#include <string_view>

#include "daemon/adapters/wiping_allocator.hpp"
#include "tests/catch.hpp"

using namespace tokend;

TEST_CASE("the wiping allocator keeps what it holds when it grows, shrinks and copies")
{
  auto* text = wiping_strdup("secret");
  REQUIRE(text != nullptr);
  CHECK(std::string_view(text) == "secret");
  text = static_cast<char*>(wiping_realloc(text, 100'000));
  CHECK(std::string_view(text) == "secret");
  text = static_cast<char*>(wiping_realloc(text, 7));
  CHECK(std::string_view(text) == "secret");
  CHECK(wiping_realloc(text, 0) == nullptr);

  auto* const numbers = static_cast<char*>(wiping_calloc(16, 16));
  CHECK(numbers[255] == 0);
  wiping_free(numbers);
  wiping_free(nullptr);
  wiping_free(wiping_realloc(nullptr, 10));
}
