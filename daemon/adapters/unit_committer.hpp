// Commits batches of units to the database, and says of each unit what became of it. No thread and no queue: the store
// thread calls it.
//   - A batch is one transaction. If that fails it is undone and each unit is tried alone, in order, so that one bad
//     unit does not spoil the others. (Savepoints would not do: a full disk undoes the whole transaction.)
//   - After an I/O error or a failed COMMIT the database is closed and opened again: only recovery can tell whether
//     the transaction arrived. It did if the counter in the vault row grew.
//   - Nothing is checkpointed inside a commit.
//   - What a disk refuses for good and cannot be had again goes to the spill.
//   - A full disk takes a precious unit by giving up the ballast. Until that is back no intent is taken, so that no
//     provider rotates what could not be kept.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "daemon/adapters/ballast.hpp"
#include "daemon/adapters/spill.hpp"
#include "daemon/adapters/sqlite.hpp"
#include "daemon/adapters/store_rows.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

class UnitCommitter {
 public:
  UnitCommitter(Database, std::filesystem::path, Ballast);

  std::vector<Committed> commit(std::span<const Unit>);  // as many outcomes as units, in order
  void set_spill(Spill spill) { spill_ = std::move(spill); }
  void checkpoint();  // a failure waits for the next commit
  std::int64_t logged_bytes() const;
  Database& database();  // before the first commit only

 private:
  struct Connection {
    explicit Connection(Database);
    Database database;
    RowWriter rows;
    Statement count;
    std::int64_t commits;  // the counter as last committed
  };
  using Outcomes = std::expected<std::vector<Committed>, DiskTrouble>;

  std::vector<Committed> commit_together(std::span<const Unit>);
  Outcomes attempt(std::span<const Unit>);
  Committed commit_alone(const Unit&);
  bool takes_intents() { return ballast_.there() || ballast_.restore(); }
  Committed write(const Unit&);
  bool reopen();  // with the log emptied into the file, so that what is found is durable

  std::filesystem::path path_;
  Ballast ballast_;
  Spill spill_;
  std::optional<Database> unused_;        // until the first commit
  std::optional<Connection> connection_;  // empty: to be opened again
  bool commit_asked_ = false;             // the transaction under way got as far as COMMIT
};

}  // namespace tokend
