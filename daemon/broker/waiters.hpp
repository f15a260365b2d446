// Everybody who waits: for tokens, by account and deadline; for the end of an operation; for the next event of a
// stream. Answers are queued and handed over 64 a turn of the loop, to one after the other, so that neither ten
// thousand callers of one token nor a list of ten thousand accounts hold up anybody else. What a walk through the
// accounts tells is made when its turn has come and its waiter has room, so a slow reader costs no memory. It decides
// nothing: the broker says who is answered what.
#pragma once
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/broker/waiter.hpp"
#include "daemon/ports/loop.hpp"
#include "proto/result.hpp"

namespace tokend {

class Waiters {
 public:
  // Fetches the reply for a wish when its turn has come; the newest one, whichever exchange has minted it.
  using Fetched = std::variant<const ReadyReply*, std::string>;
  using Fetch = std::move_only_function<Result<Fetched>(const TokenWish&)>;
  static constexpr int kAnswersPerTurn = 64;

  Waiters(Loop& loop, Fetch fetch) : loop_(loop), fetch_(std::move(fetch)) {}
  ~Waiters();

  void park(Waiter&, Topic, std::optional<BootTime> deadline = {});
  void park(Waiter&, TokenWish, BootTime deadline);

  void answer(Waiter&, std::string parameters, bool continues = false);
  void answer_by_walk(Waiter&, MakePiece);
  void fail(Waiter&, Error);
  void grant(Waiter&);  // its wish can be met
  void answer_all(Topic, const std::string& parameters, bool continues = false);
  void fail_all(Topic, const Error&);
  void grant_all(AccountId, const TokenKey&);  // every wish for this token

  void limit_to(Waiter& waiter, std::vector<std::string> accounts) { waiter.limits_ = std::move(accounts); }
  const std::vector<std::string>& limits_of(const Waiter& waiter) const { return waiter.limits_; }
  Walk* walk_of(Waiter& waiter) const { return waiter.walking_ ? &waiter.walking_->walk : nullptr; }
  const TokenWish* wish_of(const Waiter& waiter) const { return waiter.wish_ ? &*waiter.wish_ : nullptr; }
  bool anyone(Topic topic) const { return parked_.contains(topic); }
  void each(Topic, const std::function<void(Waiter&)>&);  // the callback may answer or fail

  // From now on nobody waits for what `why` has an error for: who does is failed, and later who comes to.
  using Reason = std::function<std::optional<Error>(Topic)>;
  void close(Reason why);

  std::optional<BootTime> next_deadline() const;
  Waiter* pop_overdue(BootTime now);  // still parked; fail() it

 private:
  friend class Waiter;
  void enqueue(Waiter&, Waiter::Outgoing);
  void take_turn(Waiter&);
  void end_turn(Waiter&);
  std::optional<Waiter::Outgoing> next_for(Waiter&);
  void unpark(Waiter&);  // waits for nothing but its answers
  void turn_away();      // who still waits after close()
  void forget(Waiter&);  // it is gone, or has its last answer
  void hand_over();
  void hand_over_one(Waiter&);

  Loop& loop_;
  Fetch fetch_;
  std::multimap<Topic, Waiter*> parked_;
  std::multimap<BootTime, Waiter*> deadlines_;
  std::list<Waiter*> to_answer_;
  bool posted_ = false;
  Reason closed_;  // empty: open
};

}  // namespace tokend
