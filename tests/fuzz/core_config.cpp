// Any bytes as tokend.toml: no crash, and a complaint always names the file.
#include <cstddef>
#include <cstdint>

#include "daemon/core/config.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const auto config = tokend::parse_config(tokend::fuzz::text_of(bytes, size), "tokend.toml");
  if (!config) tokend::fuzz::check(config.error().reason.starts_with("tokend.toml:"));
  return 0;
}
