// A disk that takes its time, is sometimes full or read-only, fails at times, and at a crash keeps a prefix of what was
// on its way to it. Beside it a runtime directory, which a crash of the process does not touch: answers that the disk
// refuses.
#pragma once
#include <deque>
#include <map>
#include <optional>

#include "daemon/ports/token_store.hpp"
#include "tests/sim/seeded_random.hpp"
#include "tests/sim/virtual_loop.hpp"

namespace tokend::sim {

class VirtualStore final : public TokenStore {
 public:
  VirtualStore(VirtualLoop& loop, SeededRandom& world) : loop_(loop), world_(world) {}

  Result<Snapshot> load() override;
  void commit(Unit, std::move_only_function<void(Committed)>) override;

  void crash();  // each unit under way: kept or lost, in order
  void stop();   // an orderly end: all are kept
  void set_trouble(std::optional<DiskTrouble> trouble) { trouble_ = trouble; }
  void set_failing(std::uint64_t one_in) { one_in_ = one_in; }  // single writes; 0: none
  bool may_refuse() const { return trouble_ || one_in_ > 0; }
  bool well_for(Seconds span) const { return !trouble_ && loop_.now() - last_refused_ > span; }
  void damage();  // a bit of a record
  const std::map<GrantId, GrantRow>& grants() const { return grants_; }
  const std::map<GrantId, GrantRow>& set_aside() const { return set_aside_; }  // as they were when they were
  const std::map<GrantId, AttemptRow>& attempts() const { return attempts_; }
  const std::map<GrantId, AttemptRow>& spilled() const { return spilled_; }
  const std::map<std::int64_t, TokenRow>& tokens() const { return tokens_; }
  const std::map<AccountId, AccountRow>& accounts() const { return accounts_; }

 private:
  struct UnderWay {
    Unit unit;
    std::move_only_function<void(Committed)> done;
  };
  void finish_one(int process);
  Committed try_apply(const Unit&);
  std::optional<DiskTrouble> refusal();
  bool holds(const Precondition&) const;
  void apply(const Change&);
  void spill(const Change&);
  std::vector<SealedBytes*> records();

  VirtualLoop& loop_;
  SeededRandom& world_;
  std::deque<UnderWay> queue_;
  int process_ = 0;
  std::optional<DiskTrouble> trouble_;
  std::uint64_t one_in_ = 0;
  BootTime last_refused_{};
  std::map<ClientId, ClientRow> clients_;
  std::map<GrantId, GrantRow> grants_, set_aside_;
  std::map<AccountId, AccountRow> accounts_;
  std::map<std::int64_t, TokenRow> tokens_;
  std::map<GrantId, AttemptRow> attempts_, spilled_;
};

}  // namespace tokend::sim
