// What is done with the database before the first commit: loading, and the rows of the vault.
#include "daemon/adapters/sqlite_token_store.hpp"

#include <fmt/core.h>

namespace tokend {
namespace {

constexpr std::size_t kDatabaseIdBytes = 16;

Error error_of(const DatabaseFailure& failure, const Database& database)
{
  if (failure.is_damage() || failure.is_misfit()) return damaged_database(database.path(), failure.what());
  return {.code = ErrorCode::kInternal,
          .reason = fmt::format("{} cannot be used: {}", database.path(), failure.what()),
          .cause = "disk"};
}

// Runs something on the database and makes an Error of its failure.
template <class Work> auto attempt(const Database& database, Work work) -> Result<decltype(work())>
try {
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    return {};
  } else {
    return work();
  }
} catch (const DatabaseFailure& failure) {
  return fail(error_of(failure, database));
}

void insert(Database& database, const SlotRow& slot)
{
  Statement(database,
            "INSERT INTO key_slots (slot_id, kind, epoch, params, commitment, wrapped)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .run(slot.id, std::int64_t{slot.kind}, std::int64_t{slot.epoch}, std::string_view(slot.params),
           Blob{slot.commitment}, Blob{slot.wrapped});
}

std::optional<VaultRow> read_vault(Database& database)
{
  std::optional<VaultRow> row;
  Statement query(database, "SELECT database_id, epoch FROM vault");
  query.start();
  while (query.step()) row = {.database_id = query.bytes(0), .epoch = static_cast<std::uint32_t>(query.integer(1))};
  return row;
}

// The grants whose intents are on disk, and could not be read.
std::vector<GrantId> unread_intents(const std::vector<DamagedRow>& damaged)
{
  std::vector<GrantId> grants;
  for (const DamagedRow& row : damaged)
    if (row.table == "attempts" || row.table == "grants") grants.push_back(GrantId{row.id});
  return grants;
}

}  // namespace

Result<Snapshot> SqliteTokenStore::load()
{
  return attempt(committer_.database(), [this] {
    purge_quarantine(committer_.database(), opened_at_);
    LoadedRows loaded = load_rows(committer_.database());
    damaged_ = std::move(loaded.damaged);
    if (!damaged_.empty()) set_aside(committer_.database(), damaged_, opened_at_);
    const auto vault = read_vault(committer_.database());
    if (vault && !spill_.empty()) {
      Spill spill(spill_, vault->database_id);
      spills_kept_ = spill.add_to(loaded.snapshot, unread_intents(damaged_));
      committer_.set_spill(std::move(spill));
    }
    return std::move(loaded.snapshot);
  });
}

Result<std::optional<VaultRow>> SqliteTokenStore::load_vault()
{
  auto row = attempt(committer_.database(), [this] { return read_vault(committer_.database()); });
  if (row && *row && (*row)->database_id.size() != kDatabaseIdBytes)
    return fail(damaged_database(committer_.database().path(), "its own id, so nothing in it can be opened"));
  return row;
}

Result<std::vector<SlotRow>> SqliteTokenStore::load_slots()
{
  return attempt(committer_.database(), [this] {
    std::vector<SlotRow> slots;
    Statement query(committer_.database(),
                    "SELECT slot_id, kind, epoch, params, commitment, wrapped FROM key_slots ORDER BY slot_id");
    query.start();
    while (query.step())
      slots.push_back({.id = query.integer(0),
                       .kind = static_cast<int>(query.integer(1)),
                       .epoch = static_cast<std::uint32_t>(query.integer(2)),
                       .params = query.bytes(3),
                       .commitment = query.bytes(4),
                       .wrapped = query.bytes(5)});
    return slots;
  });
}

Result<void> SqliteTokenStore::create_vault(const VaultRow& vault, const SlotRow& slot)
{
  const auto existing = load_vault();
  if (!existing) return fail(existing.error());
  if (*existing)
    return fail(Error{.code = ErrorCode::kInternal,
                      .reason = "this database has a vault already; it is never replaced",
                      .cause = "vault_exists"});
  return attempt(committer_.database(), [&] {
    Transaction transaction(committer_.database());
    Statement(committer_.database(), "INSERT INTO vault (id, database_id, epoch, commits) VALUES (1, ?1, ?2, 0)")
        .run(Blob{vault.database_id}, std::int64_t{vault.epoch});
    insert(committer_.database(), slot);
    transaction.commit();
  });
}

Result<void> SqliteTokenStore::save_slots(const std::vector<SlotRow>& slots)
{
  return attempt(committer_.database(), [&] {
    Transaction transaction(committer_.database());
    committer_.database().execute("DELETE FROM key_slots");
    for (const SlotRow& slot : slots) insert(committer_.database(), slot);
    transaction.commit();
  });
}

}  // namespace tokend
