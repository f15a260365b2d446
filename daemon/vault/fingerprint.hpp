// A keyed fingerprint of a credential: equal for equal credentials, telling nothing about them without the key.
// The journal names by it which refresh token an attempt spends; the audit log names tokens by it.
#pragma once
#include <string>
#include <string_view>

#include "daemon/vault/keys.hpp"

namespace tokend {

// BLAKE2b-256("tokend-print-v1\0" || lp(credential), K3)
std::string fingerprint(const Key& fingerprints, std::string_view credential);

}  // namespace tokend
