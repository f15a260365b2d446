// Any bytes as discovery metadata and as an ID token: no crash, no other issuer accepted, and what was read once is
// read back the same.
#include <cstddef>
#include <cstdint>

#include "daemon/core/discovery.hpp"
#include "daemon/core/id_token.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  constexpr std::string_view kIssuer = "https://id.example";
  const std::string_view document = tokend::fuzz::text_of(bytes, size);
  const auto metadata = tokend::parse_metadata(document, kIssuer);
  if (metadata) {
    tokend::fuzz::check(metadata->issuer == kIssuer);
    tokend::fuzz::check(tokend::parse_metadata(tokend::to_json(*metadata), kIssuer) == *metadata);
  }
  const tokend::IdTokenRules rules{.issuer = kIssuer, .client_id = "client"};
  (void)tokend::read_id_token(tokend::Secret(std::string(document)), rules, tokend::WallTime{});
  return 0;
}
