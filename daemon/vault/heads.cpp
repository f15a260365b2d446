#include "daemon/vault/heads.hpp"

#include "daemon/vault/canonical.hpp"
#include "daemon/vault/primitives.hpp"

namespace tokend {

std::string head(const Key& heads, GrantId grant, Generation generation, std::string_view tag16)
{
  std::string message(label("tokend-head-v1"));
  append_lp(message, static_cast<std::uint64_t>(number(grant)));
  append_lp(message, static_cast<std::uint64_t>(number(generation)));
  append_lp(message, tag16);
  return blake2b_256(message, heads);
}

}  // namespace tokend
