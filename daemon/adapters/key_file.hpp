// vault.key: the key encryption key of the default key slot, in a file beside the database (docs/SECURITY.md says what
// that protects from). Read and written with O_NOFOLLOW; own uid, 0600, a regular file, or refused.
// Whether a key may be created at all is decided in vault_opening: never over existing data.
#pragma once
#include <optional>

#include "daemon/adapters/state_directory.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/vault/keys.hpp"
#include "proto/result.hpp"

namespace tokend {

inline constexpr char kKeyFileName[] = "vault.key";

// No file: nullopt. A file that is not exactly a key, or not private: an error.
Result<std::optional<KeyEncryptionKey>> read_key_file(const StateDirectory&);

// Durable when it returns; an existing file is never replaced.
Result<KeyEncryptionKey> create_key_file(const StateDirectory&, Random&);

}  // namespace tokend
