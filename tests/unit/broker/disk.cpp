#include <algorithm>

#include "tests/catch.hpp"
#include "tests/unit/broker/ports.hpp"

namespace tokend::test {
namespace {

struct Word {
  std::string operator()(const ClientRow&) const { return "client"; }
  std::string operator()(const GrantRow& row) const
  {
    switch (row.status) {
      case GrantStatus::kPending: return "pending-grant";
      case GrantStatus::kDead: return "dead-grant";
      default: return "grant";
    }
  }
  std::string operator()(const AccountRow&) const { return "account"; }
  std::string operator()(const TokenRow&) const { return "token"; }
  std::string operator()(const AttemptRow& row) const { return row.http_status ? "reply" : "intent"; }
  std::string operator()(const DropGrant&) const { return "no-grant"; }
  std::string operator()(const AccountUsed&) const { return "used"; }
  std::string operator()(const DropTokens&) const { return "no-tokens"; }
  std::string operator()(const DropToken&) const { return "no-token"; }
  std::string operator()(const DropAttempt&) const { return "no-intent"; }
  std::string operator()(const DropAccount&) const { return "no-account"; }
  std::string operator()(const DropClient&) const { return "no-client"; }
  std::string operator()(const QuarantineGrant&) const { return "quarantine"; }
  std::string operator()(const PurgeQuarantine&) const { return "purge"; }
};

struct Rows {
  ScriptedDisk& disk;
  void drop_tokens(GrantId grant)
  {
    std::erase_if(disk.tokens, [grant](const auto& item) { return item.second.grant == grant; });
  }
  void operator()(const ClientRow& row) { disk.clients[row.id] = row; }
  void operator()(const GrantRow& row) { disk.grants[row.id] = row; }
  void operator()(const AccountRow& row) { disk.accounts[row.id] = row; }
  void operator()(const TokenRow& row) { disk.tokens[row.id] = row; }
  void operator()(const AttemptRow& row) { disk.attempts[row.grant] = row; }
  void operator()(const AccountUsed& used)
  {
    const auto row = disk.accounts.find(used.account);
    if (row != disk.accounts.end()) row->second.last_used_day = used.day;
  }
  void operator()(const DropToken& what) { disk.tokens.erase(what.id); }
  void operator()(const DropTokens& what) { drop_tokens(what.grant); }
  void operator()(const DropAttempt& what) { disk.attempts.erase(what.grant); }
  void operator()(const DropAccount& what) { disk.accounts.erase(what.account); }
  void operator()(const DropClient& what) { disk.clients.erase(what.client); }
  void operator()(const QuarantineGrant&) {}
  void operator()(const PurgeQuarantine&) {}
  void operator()(const DropGrant& what)
  {
    drop_tokens(what.grant);
    disk.attempts.erase(what.grant);
    disk.grants.erase(what.grant);
  }
};

template <class Map> auto values_of(const Map& map)
{
  std::vector<typename Map::mapped_type> rows;
  for (const auto& [id, row] : map) rows.push_back(row);
  return rows;
}

template <class Map> auto last_of(const Map& map)
{
  return map.empty() ? typename Map::key_type{} : map.rbegin()->first;
}

}  // namespace

std::string in_words(const Unit& unit)
{
  std::string words;
  for (const Change& change : unit.changes) words += (words.empty() ? "" : " ") + std::visit(Word{}, change);
  return words;
}

Result<Snapshot> ScriptedDisk::load()
{
  Snapshot rows{values_of(clients), values_of(grants), values_of(accounts), values_of(tokens), values_of(attempts)};
  rows.highest = {last_of(clients), last_of(grants), last_of(accounts), last_of(tokens)};
  return rows;
}

void ScriptedDisk::commit(Unit unit, std::move_only_function<void(Committed)> done)
{
  log.push_back(in_words(unit));
  if (held_) return waiting_.push_back({std::move(unit), std::move(done)});
  const Committed outcome = sick_ ? Committed(std::unexpected(*sick_)) : apply(unit);
  loop_.post([outcome, done = std::move(done)]() mutable { done(outcome); });
}

void ScriptedDisk::finish(Committed outcome)
{
  REQUIRE(!waiting_.empty());
  UnderWay first = std::move(waiting_.front());
  waiting_.pop_front();
  if (outcome) outcome = apply(first.unit);
  first.done(outcome);
}

void ScriptedDisk::let_go()
{
  while (!waiting_.empty()) finish({});
  held_ = false;
}

std::vector<std::string> ScriptedDisk::waiting() const
{
  std::vector<std::string> words;
  for (const UnderWay& one : waiting_) words.push_back(in_words(one.unit));
  return words;
}

Committed ScriptedDisk::apply(const Unit& unit)
{
  if (unit.when && !holds(*unit.when)) return std::unexpected(DiskTrouble::kStale);
  for (const Change& change : unit.changes) std::visit(Rows{*this}, change);
  return {};
}

bool ScriptedDisk::holds(const Precondition& when) const
{
  const auto grant = grants.find(when.grant);
  if (grant == grants.end() || grant->second.generation != when.generation) return false;
  if (!when.attempt) return true;
  const auto attempt = attempts.find(when.grant);
  return attempt != attempts.end() && attempt->second.id == *when.attempt;
}

const AccountRow* ScriptedDisk::account(std::string_view name) const
{
  const auto row =
      std::ranges::find(accounts, name, [](const auto& item) -> std::string_view { return item.second.name; });
  return row == accounts.end() ? nullptr : &row->second;
}

}  // namespace tokend::test
