// Catch2, whichever major version the machine has: every test includes this one.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
#include <string>

namespace tokend::test {

// A matcher for a part of a text. Its name in Catch2 changed from one version to the next.
inline auto Contains(const std::string& part)
{
#if __has_include(<catch2/catch_all.hpp>)
  return Catch::Matchers::ContainsSubstring(part);
#else
  return Catch::Matchers::Contains(part);
#endif
}

}  // namespace tokend::test
