#include "daemon/adapters/vault_opening.hpp"

#include <fmt/core.h>

#include "daemon/adapters/key_file.hpp"
#include "daemon/vault/key_slot.hpp"

namespace tokend {
namespace {

constexpr std::size_t kDatabaseIdBytes = 16;

std::string path_of(const StateDirectory& directory, const char* name) { return (directory.path() / name).string(); }

std::unexpected<Error> refuse(std::string_view cause, std::string reason, std::string next = {})
{
  return fail(Error{
      .code = ErrorCode::kInternal, .reason = std::move(reason), .cause = std::string(cause), .next = std::move(next)});
}

// No vault row, but accounts or grants: somebody took the keys out, and a new key would lose the rest for good.
Result<bool> holds_data(SqliteTokenStore& store)
{
  const auto rows = store.load();
  if (!rows) return fail(rows.error());
  return !rows->grants.empty() || !rows->accounts.empty() || !rows->clients.empty();
}

Result<VaultRow> create(const StateDirectory& directory, SqliteTokenStore& store, Random& random)
{
  const auto data = holds_data(store);
  if (!data) return fail(data.error());
  if (*data)
    return refuse(
        "damaged_database",
        fmt::format("{} has lost its key slots, so nothing in it can be opened", path_of(directory, kDatabaseName)),
        fmt::format("restore {} from a backup", path_of(directory, kDatabaseName)));
  auto present = read_key_file(directory);
  if (!present) return fail(present.error());
  auto key = *present ? Result<KeyEncryptionKey>(std::move(**present)) : create_key_file(directory, random);
  if (!key) return fail(key.error());

  VaultRow row{.database_id = std::string(kDatabaseIdBytes, '\0')};
  random.fill(std::as_writable_bytes(std::span(row.database_id)));
  const MasterKey master = create_master_key(random);
  const SlotRow slot = wrap(master, *key, {.database_id = row.database_id, .epoch = row.epoch}, random);
  if (auto created = store.create_vault(row, slot); !created) return fail(created.error());
  return row;
}

Result<MasterKey> unwrap_any(const std::vector<SlotRow>& slots, const KeyEncryptionKey& key,
                             const StateDirectory& directory, const VaultRow& vault)
{
  bool damaged = false;
  for (const SlotRow& slot : slots) {
    if (slot.kind != static_cast<int>(SlotKind::kKeyfile) || slot.epoch != vault.epoch) continue;
    auto master = unwrap(slot, key, vault.database_id);
    if (master) return std::move(*master);
    damaged = damaged || master.error() == SlotTrouble::kDamaged;
  }
  if (damaged)
    return refuse(
        "damaged_slot",
        fmt::format("the key slot in {} is damaged; the key file is the right one", path_of(directory, kDatabaseName)),
        fmt::format("restore {} from a backup", path_of(directory, kDatabaseName)));
  return refuse(
      "wrong_key",
      fmt::format("{} is not the key of {}", path_of(directory, kKeyFileName), path_of(directory, kDatabaseName)),
      fmt::format("restore the {} that belongs to it", path_of(directory, kKeyFileName)));
}

Result<KeyEncryptionKey> key_beside_data(const StateDirectory& directory)
{
  auto key = read_key_file(directory);
  if (!key) return fail(key.error());
  if (*key) return std::move(**key);
  return refuse("no_key",
                fmt::format("{} is missing, and {} cannot be opened without it; no new key was made",
                            path_of(directory, kKeyFileName), path_of(directory, kDatabaseName)),
                fmt::format("restore {} from a backup, or move {} away to start anew", path_of(directory, kKeyFileName),
                            path_of(directory, kDatabaseName)));
}

Result<Vault> unlock(const StateDirectory& directory, const std::vector<SlotRow>& slots, const VaultRow& row,
                     Random& random)
{
  const auto key = key_beside_data(directory);
  if (!key) return fail(key.error());
  const auto master = unwrap_any(slots, *key, directory, row);
  if (!master) return fail(master.error());
  return Vault(row, *master, random);
}

}  // namespace

void KeyFileSource::remember(VaultRow row, std::vector<SlotRow> slots)
{
  row_ = std::move(row);
  slots_ = std::move(slots);
}

Result<MasterKey> KeyFileSource::master_key()
{
  const auto locked = [](Error why) {
    why.code = ErrorCode::kLocked;
    return fail(std::move(why));
  };
  const auto key = key_beside_data(directory_);
  if (!key) return locked(key.error());
  auto master = unwrap_any(slots_, *key, directory_, row_);
  if (!master) return locked(master.error());
  return master;
}

Result<Vault> open_vault(const StateDirectory& directory, SqliteTokenStore& store, Random& random,
                         KeyFileSource& source)
{
  const auto found = store.load_vault();
  if (!found) return fail(found.error());
  const auto row = *found ? Result<VaultRow>(**found) : create(directory, store, random);
  if (!row) return fail(row.error());
  auto slots = store.load_slots();
  if (!slots) return fail(slots.error());
  auto vault = unlock(directory, *slots, *row, random);
  if (vault) source.remember(*row, std::move(*slots));
  return vault;
}

}  // namespace tokend
