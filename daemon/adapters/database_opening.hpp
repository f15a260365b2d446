// How tokend.db is opened at a start: checked, identified, brought to the newest schema, or refused.
// A refusal leaves the file byte for byte as it was: by then nothing has been written. The one exception adds a file:
// a damaged database is copied to tokend.db.damaged-TIME and stays where it is until a person moves it.
// Rows are the store's business; that the directory is ours and locked, StateDirectory's.
#pragma once
#include <expected>
#include <filesystem>
#include <span>

#include "daemon/adapters/schema.hpp"
#include "daemon/adapters/sqlite.hpp"
#include "daemon/adapters/state_directory.hpp"
#include "daemon/ports/time.hpp"
#include "proto/error.hpp"

namespace tokend {

enum class DatabaseTrouble {
  kDamaged,  // cause damaged_database
  kNewer,    // cause newer_database: written by a later tokend
  kForeign,  // cause foreign_database: of another program
  kBusy,     // cause in_use: another process has it open; exit 75
  kUnsafe,   // causes as of check_private_file
  kDisk,     // cause disk: cannot be read, or a migration cannot be written
};
struct DatabaseRefusal {
  DatabaseTrouble trouble;
  Error error;
};

// Says that it stays where it is, and how to move it away. what: the damage; left: more of what was done with the file.
Error damaged_database(const std::string& path, std::string_view what, std::string_view left = {});

inline constexpr char kDatabaseName[] = "tokend.db";

// A missing database is created with the newest schema and no rows. Before an older one is migrated it is copied to
// tokend.db.before-vN. `now` names the copy of a damaged one.
std::expected<Database, DatabaseRefusal> open_database(const StateDirectory&, WallTime now,
                                                       std::span<const SchemaStep> = schema_steps());

}  // namespace tokend
