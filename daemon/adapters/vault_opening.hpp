// Opens the vault at a start with the key file (other key sources follow the same path: a key encryption key, a slot).
//   new database:       a key file is created, or one that a start which was cut off left is used; a slot; a master key
//   existing database:  the key file must be there and open a slot. A new key is never made over existing data.
#pragma once
#include "daemon/adapters/sqlite_token_store.hpp"
#include "daemon/adapters/state_directory.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/vault/key_source.hpp"
#include "daemon/vault/vault.hpp"
#include "proto/result.hpp"

namespace tokend {

// The key file and the slots of one database: what opened its vault at the start opens it again after a lock.
class KeyFileSource final : public KeySource {
 public:
  explicit KeyFileSource(const StateDirectory& directory) : directory_(directory) {}
  void remember(VaultRow row, std::vector<SlotRow> slots);  // as they were at the start
  Result<MasterKey> master_key() override;

 private:
  const StateDirectory& directory_;
  VaultRow row_;
  std::vector<SlotRow> slots_;
};

// Before the store's first commit; the Random must outlive the vault. Errors are kInternal with these causes:
// no_key (no key file beside existing data), wrong_key, damaged_slot, and what key_file and the store say.
// source: knows from then on what opens this vault.
Result<Vault> open_vault(const StateDirectory&, SqliteTokenStore&, Random&, KeyFileSource& source);

}  // namespace tokend
