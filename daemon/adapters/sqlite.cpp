#include "daemon/adapters/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace tokend {
namespace {

constexpr int kMostBytesPerValue = 8 << 20;  // a raw reply has 1 MiB at most

// locking_mode before the first access: then the write-ahead log needs no shared memory file.
constexpr char kSettings[] =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;"
    "PRAGMA mmap_size=0;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;";

static_assert(kDatabaseDamaged == SQLITE_CORRUPT);

int primary(int code) { return code & 0xff; }

void require(sqlite3* handle, int code)
{
  if (code != SQLITE_OK) throw DatabaseFailure(handle);
}

}  // namespace

DatabaseFailure::DatabaseFailure(sqlite3* handle)
    : std::runtime_error(sqlite3_errmsg(handle)),
      code_(sqlite3_extended_errcode(handle)),
      system_error_(sqlite3_system_errno(handle))
{
}

bool DatabaseFailure::is_io() const { return primary(code_) == SQLITE_IOERR; }
bool DatabaseFailure::is_damage() const { return primary(code_) == SQLITE_CORRUPT || primary(code_) == SQLITE_NOTADB; }
bool DatabaseFailure::is_misfit() const { return primary(code_) == SQLITE_ERROR; }
bool DatabaseFailure::is_busy() const { return primary(code_) == SQLITE_BUSY || primary(code_) == SQLITE_LOCKED; }
bool DatabaseFailure::is_constraint() const { return primary(code_) == SQLITE_CONSTRAINT; }

DiskTrouble DatabaseFailure::trouble() const
{
  if (is_constraint()) return DiskTrouble::kStale;
  if (is_damage()) return DiskTrouble::kCorrupt;
  if (primary(code_) == SQLITE_FULL || system_error_ == ENOSPC || system_error_ == EDQUOT) return DiskTrouble::kFull;
  if (primary(code_) == SQLITE_READONLY || system_error_ == EROFS) return DiskTrouble::kReadOnly;
  return DiskTrouble::kIo;
}

Database::Database(const std::filesystem::path& path)
{
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(opened);
  if (opened == nullptr) throw DatabaseFailure(SQLITE_NOMEM, "out of memory");
  sqlite3_extended_result_codes(opened, 1);
  require(opened, code);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, kMostBytesPerValue);
  execute(kSettings);
  const auto count_pages = [](void* pages, sqlite3*, const char*, int logged) {
    *static_cast<std::int64_t*>(pages) = logged;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(opened, count_pages, logged_pages_.get());  // replaces the automatic checkpoint inside commits
}

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

void Database::execute(const char* sql) { require(handle(), sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr)); }

std::int64_t Database::integer(const char* sql)
{
  Statement statement(*this, sql);
  statement.start();
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(const char* sql)
{
  Statement statement(*this, sql);
  statement.start();
  return statement.step() ? statement.bytes(0) : std::string();
}

void Database::copy_to(const std::filesystem::path& path)
{
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, Close> target(opened);
  require(opened, code);
  sqlite3_backup* backup = sqlite3_backup_init(opened, "main", handle(), "main");
  if (backup == nullptr) throw DatabaseFailure(opened);
  sqlite3_backup_step(backup, -1);
  require(opened, sqlite3_backup_finish(backup));
}

void Database::checkpoint()
{
  require(handle(), sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
  *logged_pages_ = 0;
}

std::int64_t Database::logged_bytes() const
{
  constexpr std::int64_t kPageBytes = 4096;
  return *logged_pages_ * kPageBytes;
}

std::string Database::path() const { return sqlite3_db_filename(handle(), "main"); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

Statement::Statement(Database& database, const char* sql)
{
  sqlite3_stmt* statement = nullptr;
  require(database.handle(),
          sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

bool Statement::step()
{
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const DatabaseFailure failure(sqlite3_db_handle(statement_.get()));
    reset();
    throw failure;
  }
  reset();
  return false;
}

void Statement::reset()
{
  sqlite3_reset(statement_.get());  // its code repeats the last step's
  sqlite3_clear_bindings(statement_.get());
}

void Statement::check(int code) const { require(sqlite3_db_handle(statement_.get()), code); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

bool Statement::is_integer(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::optional<std::int64_t> Statement::optional_integer(int column) const
{
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::string Statement::bytes(int column) const
{
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string()
                          : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void Statement::bind(int index, std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), index, value)); }

void Statement::bind(int index, std::optional<std::int64_t> value)
{
  if (value) bind(index, *value);
}

void Statement::bind(int index, std::string_view text)
{
  const char* bytes = text.empty() ? "" : text.data();  // a null pointer would bind NULL
  check(sqlite3_bind_text64(statement_.get(), index, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind(int index, Blob blob)
{
  const char* bytes = blob.bytes.empty() ? "" : blob.bytes.data();
  check(sqlite3_bind_blob64(statement_.get(), index, bytes, blob.bytes.size(), SQLITE_TRANSIENT));
}

void Statement::bind(int index, std::optional<Blob> blob)
{
  if (blob) bind(index, *blob);
}

Transaction::Transaction(Database& database) : database_(&database) { database.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction()
{
  // Some failures have rolled back already; what cannot be rolled back now is undone by the next opening.
  if (database_->in_transaction()) sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() { database_->execute("COMMIT"); }

}  // namespace tokend
