#include "daemon/adapters/sqlite_token_store.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <iterator>

namespace tokend {
namespace {

constexpr std::string_view kBallastName = "ballast";
constexpr std::size_t kMostUnits = 256;
constexpr std::int64_t kMostLogged = std::int64_t{4} << 20;
constexpr Seconds kIdleBeforeCheckpoint{5};

// Signals are the loop thread's: a new thread inherits the mask of its maker.
template <class Body> std::thread thread_without_signals(Body body)
{
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

SqliteTokenStore::Opened SqliteTokenStore::open(const StateDirectory& directory, const std::filesystem::path& spill,
                                                WallTime now, PostToLoop post)
{
  auto database = open_database(directory, now);
  if (!database) return std::unexpected(std::move(database.error()));
  UnitCommitter committer(std::move(*database), directory.path() / kDatabaseName,
                          Ballast(directory.path() / kBallastName));
  return std::unique_ptr<SqliteTokenStore>(new SqliteTokenStore(std::move(committer), spill, now, std::move(post)));
}

SqliteTokenStore::SqliteTokenStore(UnitCommitter committer, std::filesystem::path spill, WallTime now, PostToLoop post)
    : committer_(std::move(committer)), spill_(std::move(spill)), opened_at_(now), post_to_loop_(std::move(post))
{
  thread_ = thread_without_signals([this] { run(); });
}

SqliteTokenStore::~SqliteTokenStore()
{
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void SqliteTokenStore::commit(Unit unit, std::move_only_function<void(Committed)> answer)
{
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(unit), std::move(answer)});
  }
  work_.notify_one();
}

void SqliteTokenStore::run()
{
  std::unique_lock lock(mutex_);
  while (!queue_.empty() || !stopping_) {
    await_work(lock);
    std::vector<Queued> batch = take();
    lock.unlock();
    if (!batch.empty()) commit_and_answer(std::move(batch));
    if (committer_.logged_bytes() > kMostLogged) committer_.checkpoint();
    lock.lock();
  }
  committer_.checkpoint();
}

void SqliteTokenStore::await_work(std::unique_lock<std::mutex>& lock)
{
  const auto has_work = [this] { return stopping_ || !queue_.empty(); };
  if (work_.wait_for(lock, kIdleBeforeCheckpoint, has_work)) return;
  lock.unlock();
  if (committer_.logged_bytes() > 0) committer_.checkpoint();
  lock.lock();
  work_.wait(lock, has_work);
}

std::vector<SqliteTokenStore::Queued> SqliteTokenStore::take()
{
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMostUnits));
  std::vector<Queued> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void SqliteTokenStore::commit_and_answer(std::vector<Queued> batch)
{
  std::vector<Unit> units;
  units.reserve(batch.size());
  for (Queued& queued : batch) units.push_back(std::move(queued.unit));
  const std::vector<Committed> outcomes = committer_.commit(units);
  for (std::size_t i = 0; i < batch.size(); ++i)
    post_to_loop_([answer = std::move(batch[i].answer), outcome = outcomes[i]]() mutable { answer(outcome); });
}

}  // namespace tokend
