// Opens the vault at a start with the key file (other key sources follow the same path: a key encryption key, a slot).
//   new database:       a key file is created, or one that a start which was cut off left is used; a slot; a master key
//   existing database:  the key file must be there and open a slot. A new key is never made over existing data.
#pragma once
#include "daemon/adapters/sqlite_token_store.hpp"
#include "daemon/adapters/state_directory.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/vault/vault.hpp"
#include "proto/result.hpp"

namespace tokend {

// Before the store's first commit; the Random must outlive the vault. Errors are kInternal with these causes:
// no_key (no key file beside existing data), wrong_key, damaged_slot, and what key_file and the store say.
Result<Vault> open_vault(const StateDirectory&, SqliteTokenStore&, Random&);

}  // namespace tokend
