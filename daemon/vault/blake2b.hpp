// BLAKE2b-256, plain and keyed, as the formats of the vault use it: 32 bytes out, a 32 byte key or none in.
#pragma once
#include <string>
#include <string_view>

#include "daemon/vault/keys.hpp"

namespace tokend {

std::string blake2b_256(std::string_view message);
std::string blake2b_256(std::string_view message, const Key&);

}  // namespace tokend
