// A thin face of SQLite: a connection, a prepared statement, a transaction that rolls back unless it is committed.
// A failing call throws DatabaseFailure: a broken disk is a broken machine. It is caught in two places only, where a
// database is opened and where a batch is committed, and becomes a Result or a DiskTrouble there.
// No SQL is here and nothing of tokend's schema.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/ports/token_store.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tokend {

inline constexpr int kDatabaseDamaged = 11;  // SQLITE_CORRUPT, for damage that a check reports

class DatabaseFailure : public std::runtime_error {
 public:
  explicit DatabaseFailure(sqlite3*);
  DatabaseFailure(int code, const std::string& message) : std::runtime_error(message), code_(code) {}

  bool is_io() const;
  bool is_damage() const;
  bool is_misfit() const;  // the statement does not fit the schema that is there
  bool is_busy() const;
  bool is_constraint() const;   // the rows do not fit; the disk is well
  DiskTrouble trouble() const;  // constraint: kStale

 private:
  int code_;  // extended
  int system_error_ = 0;
};

class Database {
 public:
  // An existing file (an empty one is a new database). Settles what must hold before the first read; nothing is
  // written until something is asked for, closing neither checkpoints nor deletes.
  explicit Database(const std::filesystem::path&);

  void execute(const char* sql);          // one or more statements; rows are dropped
  std::int64_t integer(const char* sql);  // first column of the first row
  std::string text(const char* sql);
  void copy_to(const std::filesystem::path&);  // a whole backup into an empty file
  void checkpoint();                           // everything into the database file, the log emptied
  std::int64_t logged_bytes() const;           // of the write-ahead log since the last checkpoint
  bool in_transaction() const;
  std::string path() const;
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3*) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::unique_ptr<std::int64_t> logged_pages_ = std::make_unique<std::int64_t>(0);  // SQLite keeps its address
};

struct Blob {
  std::string_view bytes;
};

class Statement {
 public:
  Statement(Database&, const char* sql);

  // Binds the arguments to ?1, ?2, ... and runs to the end.
  template <class... Arguments> void run(const Arguments&... arguments)
  {
    start(arguments...);
    while (step()) {}
  }
  // Binds; then `while (statement.step())` reads rows.
  template <class... Arguments> void start(const Arguments&... arguments)
  {
    reset();
    int index = 0;
    (bind(++index, arguments), ...);
  }
  bool step();  // true: there is a row; at the end the statement is reset

  bool is_null(int column) const;
  bool is_integer(int column) const;
  std::int64_t integer(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::string bytes(int column) const;  // of a text or blob; empty for NULL

 private:
  void reset();
  void check(int code) const;
  void bind(int index, std::int64_t);
  void bind(int index, std::optional<std::int64_t>);
  void bind(int index, std::string_view text);
  void bind(int index, Blob);
  void bind(int index, std::optional<Blob>);

  struct Finalize {
    void operator()(sqlite3_stmt*) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Transaction {
 public:
  explicit Transaction(Database&);  // BEGIN IMMEDIATE
  ~Transaction();                   // ROLLBACK, unless committed
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();  // when it throws anything but a constraint, the transaction may yet be found after a reopening

 private:
  Database* database_;
};

}  // namespace tokend
