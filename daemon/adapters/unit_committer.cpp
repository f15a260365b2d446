#include "daemon/adapters/unit_committer.hpp"

#include <algorithm>
#include <utility>

namespace tokend {
namespace {

constexpr char kCommits[] = "SELECT commits FROM vault";
constexpr char kCount[] = "UPDATE vault SET commits = commits + 1";

bool is_intent(const Unit& unit) { return unit.room == Room::kIntent; }

}  // namespace

UnitCommitter::Connection::Connection(Database opened)
    : database(std::move(opened)), rows(database), count(database, kCount), commits(database.integer(kCommits))
{
}

UnitCommitter::UnitCommitter(Database database, std::filesystem::path path, Ballast ballast)
    : path_(std::move(path)), ballast_(std::move(ballast)), unused_(std::move(database))
{
}

Database& UnitCommitter::database() { return unused_.value(); }

std::vector<Committed> UnitCommitter::commit(std::span<const Unit> units)
{
  std::vector<Committed> outcomes = commit_together(units);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool stale = !outcomes[i] && outcomes[i].error() == DiskTrouble::kStale;
    if (outcomes[i]) spill_.committed(units[i]);
    else if (!stale) spill_.refused(units[i]);
  }
  return outcomes;
}

std::vector<Committed> UnitCommitter::commit_together(std::span<const Unit> units)
{
  if (std::ranges::none_of(units, is_intent) || takes_intents())
    if (Outcomes together = attempt(units)) return std::move(*together);
  std::vector<Committed> outcomes;
  for (const Unit& unit : units) outcomes.push_back(commit_alone(unit));
  return outcomes;
}

Committed UnitCommitter::commit_alone(const Unit& unit)
{
  if (is_intent(unit) && !takes_intents()) return std::unexpected(DiskTrouble::kFull);
  Outcomes outcome = attempt({&unit, 1});
  if (!outcome && outcome.error() == DiskTrouble::kFull && unit.room == Room::kPrecious && ballast_.there()) {
    ballast_.give_up();
    outcome = attempt({&unit, 1});
  }
  return outcome ? outcome->front() : Committed(std::unexpected(outcome.error()));
}

UnitCommitter::Outcomes UnitCommitter::attempt(std::span<const Unit> units)
{
  std::vector<Committed> outcomes;
  std::int64_t commits = 0;
  commit_asked_ = false;
  try {
    if (unused_) connection_.emplace(*std::exchange(unused_, std::nullopt));
    if (!connection_ && !reopen()) return std::unexpected(DiskTrouble::kIo);
    commits = connection_->commits;
    Transaction transaction(connection_->database);
    for (const Unit& unit : units) outcomes.push_back(write(unit));
    connection_->count.run();
    commit_asked_ = true;
    transaction.commit();
    ++connection_->commits;
    return outcomes;
  } catch (const DatabaseFailure& failure) {
    if (failure.is_constraint() || (!commit_asked_ && !failure.is_io())) return std::unexpected(failure.trouble());
    connection_.reset();
    if (reopen() && commit_asked_ && connection_->commits == commits + 1) return outcomes;
    return std::unexpected(failure.trouble());
  }
}

Committed UnitCommitter::write(const Unit& unit)
{
  if (unit.when && !connection_->rows.holds(*unit.when)) {
    if (connection_->rows.arrived(unit)) return {};
    return std::unexpected(DiskTrouble::kStale);
  }
  for (const Change& change : unit.changes) connection_->rows.apply(change);
  return {};
}

bool UnitCommitter::reopen()
{
  try {
    connection_.reset();
    connection_.emplace(Database(path_));
    connection_->database.checkpoint();
    return true;
  } catch (const DatabaseFailure&) {
    connection_.reset();
    return false;
  }
}

void UnitCommitter::checkpoint()
{
  try {
    if (unused_) unused_->checkpoint();
    if (connection_) connection_->database.checkpoint();
  } catch (const DatabaseFailure&) {
    return;  // nothing is lost: the log is durable and stays
  }
}

std::int64_t UnitCommitter::logged_bytes() const { return connection_ ? connection_->database.logged_bytes() : 0; }

}  // namespace tokend
