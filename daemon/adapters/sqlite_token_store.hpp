// The store: tokend.db, and one thread that commits to it.
//   commit() queues; the thread takes everything queued (at most 256 units) into one transaction; the answers are
//   posted to the loop. The write-ahead log is emptied into the database when the store has been idle for a while,
//   when it has grown above 4 MiB, and at the end; never inside a commit.
// It sees sealed records only. load() and everything about the vault run on the caller's thread and belong before the
// first commit(). Destroying it commits and answers what is queued, then closes.
#pragma once
#include <condition_variable>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/adapters/database_opening.hpp"
#include "daemon/adapters/store_loading.hpp"
#include "daemon/adapters/unit_committer.hpp"
#include "daemon/ports/token_store.hpp"

namespace tokend {

class SqliteTokenStore final : public TokenStore {
 public:
  // Called from the store thread; must hand the function to the loop and return at once.
  using PostToLoop = std::function<void(std::move_only_function<void()>)>;
  using Opened = std::expected<std::unique_ptr<SqliteTokenStore>, DatabaseRefusal>;

  // `now` names the copy of a damaged database, and stamps rows that load() sets aside. The directory may go first.
  // spill: where answers go that the disk refuses; empty: nowhere.
  static Opened open(const StateDirectory&, const std::filesystem::path& spill, WallTime now, PostToLoop);
  ~SqliteTokenStore() override;

  Result<Snapshot> load() override;
  const std::vector<DamagedRow>& damaged_rows() const { return damaged_; }      // that load() skipped and set aside
  const std::vector<std::string>& spills_kept() const { return spills_kept_; }  // files that load() made nothing of

  // Of a new database: no row and no slots.
  Result<std::optional<VaultRow>> load_vault();
  Result<std::vector<SlotRow>> load_slots();
  Result<void> create_vault(const VaultRow&, const SlotRow&);  // refused where one exists: kInternal, "vault_exists"
  Result<void> save_slots(const std::vector<SlotRow>&);        // these and no others, in one transaction

  // kStale also means: the unit does not fit the rows that are there (a name taken, a grant that is gone).
  // kIo and kFull: not known to be durable. The same unit may be committed again, also when it had arrived.
  void commit(Unit, std::move_only_function<void(Committed)>) override;

 private:
  struct Queued {
    Unit unit;
    std::move_only_function<void(Committed)> answer;
  };

  SqliteTokenStore(UnitCommitter, std::filesystem::path spill, WallTime now, PostToLoop);
  void run();
  std::vector<Queued> take();  // under mutex_
  void commit_and_answer(std::vector<Queued>);
  void await_work(std::unique_lock<std::mutex>&);

  UnitCommitter committer_;  // the thread's, from the first commit on
  std::filesystem::path spill_;
  WallTime opened_at_;
  PostToLoop post_to_loop_;
  std::vector<DamagedRow> damaged_;
  std::vector<std::string> spills_kept_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Queued> queue_;  // under mutex_
  bool stopping_ = false;     // under mutex_
  std::thread thread_;        // last: it uses all of the above
};

}  // namespace tokend
