#include "tests/sim/virtual_store.hpp"

namespace tokend::sim {

namespace {

template <class Map> auto last_of(const Map& map)
{
  return map.empty() ? typename Map::key_type{} : map.rbegin()->first;
}

}  // namespace

Result<Snapshot> VirtualStore::load()
{
  Snapshot snapshot;
  snapshot.highest = {last_of(clients_), last_of(grants_), last_of(accounts_), last_of(tokens_)};
  for (const auto& [id, row] : clients_) snapshot.clients.push_back(row);
  for (const auto& [id, row] : grants_) snapshot.grants.push_back(row);
  for (const auto& [id, row] : accounts_) snapshot.accounts.push_back(row);
  for (const auto& [id, row] : tokens_) snapshot.tokens.push_back(row);
  for (const auto& [id, row] : attempts_) {
    const auto answer = spilled_.find(id);
    const bool answered = answer != spilled_.end() && answer->second.id == row.id && !row.http_status;
    snapshot.attempts.push_back(answered ? answer->second : row);
  }
  return snapshot;
}

void VirtualStore::commit(Unit unit, std::move_only_function<void(Committed)> done)
{
  queue_.push_back({std::move(unit), std::move(done)});
  loop_.after(Milliseconds(1 + world_.below(20)), [this, process = process_] { finish_one(process); });
}

void VirtualStore::finish_one(int process)
{
  if (process != process_ || queue_.empty()) return;
  UnderWay first = std::move(queue_.front());
  queue_.pop_front();
  first.done(try_apply(first.unit));
}

std::optional<DiskTrouble> VirtualStore::refusal()
{
  if (trouble_) return trouble_;
  if (one_in_ && world_.chance(one_in_)) return DiskTrouble::kIo;
  return std::nullopt;
}

Committed VirtualStore::try_apply(const Unit& unit)
{
  if (const auto trouble = refusal()) {
    last_refused_ = loop_.now();
    for (const Change& change : unit.changes) spill(change);
    return std::unexpected(*trouble);
  }
  if (unit.when && !holds(*unit.when)) return std::unexpected(DiskTrouble::kStale);
  for (const Change& change : unit.changes) apply(change);
  return {};
}

void VirtualStore::spill(const Change& change)
{
  const auto* row = std::get_if<AttemptRow>(&change);
  if (row && row->http_status) spilled_[row->grant] = *row;
}

bool VirtualStore::holds(const Precondition& when) const
{
  const auto grant = grants_.find(when.grant);
  if (grant == grants_.end() || grant->second.generation != when.generation) return false;
  if (!when.attempt) return true;
  const auto attempt = attempts_.find(when.grant);
  return attempt != attempts_.end() && attempt->second.id == *when.attempt;
}

void VirtualStore::crash()
{
  ++process_;
  while (!queue_.empty() && world_.chance(2)) {
    (void)try_apply(queue_.front().unit);
    queue_.pop_front();
  }
  queue_.clear();
}

void VirtualStore::stop()
{
  ++process_;
  for (const UnderWay& one : queue_) (void)try_apply(one.unit);
  queue_.clear();
}

std::vector<SealedBytes*> VirtualStore::records()
{
  std::vector<SealedBytes*> all;
  for (auto& [id, row] : grants_) all.push_back(&row.sealed);
  for (auto& [id, row] : tokens_) all.push_back(&row.sealed);
  for (auto& [id, row] : attempts_) all.push_back(&row.sealed);
  std::erase_if(all, [](const SealedBytes* record) { return record->empty(); });
  return all;
}

void VirtualStore::damage()
{
  const auto all = records();
  if (all.empty()) return;
  std::string& hurt = all[world_.below(all.size())]->bytes;
  hurt[world_.below(hurt.size())] ^= static_cast<char>(1 << world_.below(8));
}

void VirtualStore::apply(const Change& change)
{
  const auto drop_tokens = [this](GrantId grant) {
    std::erase_if(tokens_, [grant](const auto& item) { return item.second.grant == grant; });
  };
  struct Visitor {
    VirtualStore& store;
    decltype(drop_tokens)& drop;
    void operator()(const ClientRow& row) { store.clients_[row.id] = row; }
    void operator()(const GrantRow& row) { store.grants_[row.id] = row; }
    void operator()(const AccountRow& row) { store.accounts_[row.id] = row; }
    void operator()(const AccountUsed& used)
    {
      const auto row = store.accounts_.find(used.account);
      if (row != store.accounts_.end()) row->second.last_used_day = used.day;
    }
    void operator()(const TokenRow& row) { store.tokens_[row.id] = row; }
    void operator()(const AttemptRow& row) { store.attempts_[row.grant] = row; }
    void operator()(const DropTokens& what) { drop(what.grant); }
    void operator()(const DropToken& what) { store.tokens_.erase(what.id); }
    void operator()(const DropAttempt& what) { store.attempts_.erase(what.grant); }
    void operator()(const DropAccount& what) { store.accounts_.erase(what.account); }
    void operator()(const DropClient& what) { store.clients_.erase(what.client); }
    void operator()(const QuarantineGrant& what) { store.set_aside_[what.grant] = store.grants_[what.grant]; }
    void operator()(const PurgeQuarantine&) {}
    void operator()(const DropGrant& what)
    {
      drop(what.grant);
      store.attempts_.erase(what.grant);
      store.grants_.erase(what.grant);
    }
  };
  std::visit(Visitor{*this, drop_tokens}, change);
}

}  // namespace tokend::sim
