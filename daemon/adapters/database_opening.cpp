#include "daemon/adapters/database_opening.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace tokend {
namespace {

using Refused = std::unexpected<DatabaseRefusal>;

Refused refuse(DatabaseTrouble trouble, std::string_view cause, std::string reason, std::string next = {})
{
  return Refused({trouble, Error{.code = ErrorCode::kInternal,
                                 .reason = std::move(reason),
                                 .cause = std::string(cause),
                                 .next = std::move(next)}});
}

// SQLite takes the mode of the file for its log too, so the file is made before SQLite sees it.
Result<void> prepare_file(const StateDirectory& directory)
{
  const std::filesystem::path path = directory.path() / kDatabaseName;
  const FileDescriptor file(
      ::openat(directory.descriptor(), kDatabaseName, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!file && errno == ELOOP)
    return fail(
        Error{.code = ErrorCode::kInternal,
              .reason = fmt::format("{} is a symbolic link; the database must be the file itself", path.string()),
              .cause = "symlink"});
  if (!file)
    return fail(Error{.code = ErrorCode::kInternal,
                      .reason = fmt::format("{} cannot be opened: {}", path.string(), std::strerror(errno)),
                      .cause = "disk"});
  if (auto checked = check_private_file(file.get(), path); !checked) return checked;
  ::fsync(directory.descriptor());
  return {};
}

off_t size_of(const StateDirectory& directory, const std::string& name)
{
  struct stat status{};
  return ::fstatat(directory.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_size : 0;
}

// SQLite would take the pair for a new database and delete the log with everything in it.
bool lost_its_file(const StateDirectory& directory)
{
  return size_of(directory, kDatabaseName) == 0 && size_of(directory, std::string(kDatabaseName) + "-wal") > 0;
}

bool copy_bytes(int from, int to)
{
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t size = ::read(from, buffer.data(), buffer.size());
    if (size <= 0) return size == 0 && ::fsync(to) == 0;
    if (::write(to, buffer.data(), static_cast<std::size_t>(size)) != size) return false;
  }
}

bool copy_file(const StateDirectory& directory, const std::string& from, const std::string& to)
{
  const FileDescriptor source(::openat(directory.descriptor(), from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  const FileDescriptor target(
      ::openat(directory.descriptor(), to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  return source && target && copy_bytes(source.get(), target.get());
}

// The connection must be closed by now: closing a descriptor of the file would drop SQLite's locks on it.
Refused refuse_damaged(const StateDirectory& directory, WallTime now, std::string_view what)
{
  const std::string path = (directory.path() / kDatabaseName).string();
  const std::string copy = fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", kDatabaseName,
                                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
  const std::string log = std::string(kDatabaseName) + "-wal";
  bool copied = copy_file(directory, kDatabaseName, copy);
  if (size_of(directory, log) > 0) copied = copy_file(directory, log, copy + "-wal") && copied;
  const std::string left =
      copied ? fmt::format(", and a copy is in {}", (directory.path() / copy).string()) : ", and no copy could be made";
  return Refused({DatabaseTrouble::kDamaged, damaged_database(path, what, left)});
}

// Of one row, not of the file: the store sets the row aside and serves the others.
bool concerns_one_row(std::string_view complaint)
{
  return complaint.find(" value in ") != complaint.npos || complaint.starts_with("CHECK constraint failed in ");
}

std::string structural_damage(Database& database)
{
  Statement check(database, "PRAGMA quick_check");
  check.start();
  std::string damage;
  while (check.step()) {
    const std::string complaint = check.bytes(0);
    if (damage.empty() && complaint != "ok" && !concerns_one_row(complaint)) damage = complaint;
  }
  return damage;
}

std::int64_t version_of(Database& database) { return database.integer("PRAGMA user_version"); }

bool is_new(Database& database)
{
  return database.integer("PRAGMA application_id") == 0 && version_of(database) == 0 &&
         database.integer("SELECT count(*) FROM sqlite_schema") == 0;
}

std::expected<void, DatabaseRefusal> identify(Database& database, const std::string& path, int newest)
{
  if (is_new(database)) return {};
  if (database.integer("PRAGMA application_id") != kApplicationId)
    return refuse(DatabaseTrouble::kForeign, "foreign_database",
                  fmt::format("{} is a database of another program; it was left as it is", path),
                  "tokend --state-dir DIRECTORY");
  if (const std::int64_t version = version_of(database); version > newest)
    return refuse(DatabaseTrouble::kNewer, "newer_database",
                  fmt::format("{} was written by a newer tokend (schema {}, this one knows {}); it was left as it is",
                              path, version, newest),
                  "install that newer tokend again, or restore tokend.db.before-v" + std::to_string(version));
  return {};
}

void back_up(Database& database, const StateDirectory& directory, int newest)
{
  const std::string name = fmt::format("{}.before-v{}", kDatabaseName, newest);
  ::unlinkat(directory.descriptor(), name.c_str(), 0);  // of a migration that did not come to its end
  const FileDescriptor file(
      ::openat(directory.descriptor(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) throw DatabaseFailure(0, fmt::format("{} cannot be created: {}", name, std::strerror(errno)));
  database.copy_to(directory.path() / name);
  if (::fsync(file.get()) != 0 || ::fsync(directory.descriptor()) != 0)
    throw DatabaseFailure(0, fmt::format("{} cannot be written: {}", name, std::strerror(errno)));
}

void migrate(Database& database, std::span<const SchemaStep> steps)
{
  const std::int64_t version = version_of(database);
  Transaction transaction(database);
  for (const SchemaStep& step : steps)
    if (step.to > version) database.execute(step.sql);
  database.execute(
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, steps.back().to).c_str());
  transaction.commit();
}

std::expected<void, DatabaseRefusal> bring_up_to_date(Database& database, const StateDirectory& directory,
                                                      std::span<const SchemaStep> steps)
{
  const std::string path = (directory.path() / kDatabaseName).string();
  const int newest = steps.back().to;
  if (auto known = identify(database, path, newest); !known) return known;
  if (const std::string damage = structural_damage(database); !damage.empty())
    throw DatabaseFailure(kDatabaseDamaged, damage);
  if (database.text("PRAGMA journal_mode=WAL") != "wal")
    return refuse(DatabaseTrouble::kDisk, "disk", fmt::format("{} cannot keep a write-ahead log", path));
  if (version_of(database) == newest) return {};
  if (!is_new(database)) back_up(database, directory, newest);
  migrate(database, steps);
  database.checkpoint();
  return {};
}

}  // namespace

Error damaged_database(const std::string& path, std::string_view what, std::string_view left)
{
  return {.code = ErrorCode::kInternal,
          .reason = fmt::format("{} is damaged ({}); it stays where it is{}", path, what, left),
          .cause = "damaged_database",
          .next = fmt::format("mv '{}' '{}.moved'", path, path)};
}

std::expected<Database, DatabaseRefusal> open_database(const StateDirectory& directory, WallTime now,
                                                       std::span<const SchemaStep> steps)
{
  const std::filesystem::path path = directory.path() / kDatabaseName;
  if (lost_its_file(directory)) return refuse_damaged(directory, now, "its log is there, the file is missing or empty");
  if (auto prepared = prepare_file(directory); !prepared)
    return Refused(
        {prepared.error().cause == "disk" ? DatabaseTrouble::kDisk : DatabaseTrouble::kUnsafe, prepared.error()});
  try {
    Database database(path);
    if (auto ready = bring_up_to_date(database, directory, steps); !ready) return Refused(ready.error());
    return database;
  } catch (const DatabaseFailure& failure) {
    if (failure.is_damage()) return refuse_damaged(directory, now, failure.what());
    if (failure.is_busy())
      return refuse(DatabaseTrouble::kBusy, kCauseInUse, fmt::format("another process has {} open", path.string()));
    return refuse(DatabaseTrouble::kDisk, "disk", fmt::format("{}: {}", path.string(), failure.what()));
  }
}

}  // namespace tokend
