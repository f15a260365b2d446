// Any bytes as tokend.toml: no crash, and a complaint always names the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/core/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const auto config = tokend::parse_config({reinterpret_cast<const char*>(bytes), size}, "tokend.toml");
  if (!config && !config.error().reason.starts_with("tokend.toml:")) std::abort();
  return 0;
}
