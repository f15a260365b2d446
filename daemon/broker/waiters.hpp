// Everybody who waits: for tokens, by account and deadline; for the end of an operation; for the next event of a
// stream. Answers are queued and handed over 64 a turn of the loop, so that ten thousand callers of one token do not
// hold up anybody else, and only as fast as each takes them. It decides nothing: the broker says who is answered what.
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
  void fail(Waiter&, Error);
  void grant(Waiter&);  // its wish can be met
  void answer_all(Topic, const std::string& parameters, bool continues = false);
  void fail_all(Topic, const Error&);
  void grant_all(AccountId, const TokenKey&);  // every wish for this token

  void limit_to(Waiter& waiter, std::vector<std::string> accounts) { waiter.limits_ = std::move(accounts); }
  const std::vector<std::string>& limits_of(const Waiter& waiter) const { return waiter.limits_; }
  const TokenWish* wish_of(const Waiter& waiter) const { return waiter.wish_ ? &*waiter.wish_ : nullptr; }
  bool anyone(Topic topic) const { return parked_.contains(topic); }
  void each(Topic, const std::function<void(Waiter&)>&);  // the callback may answer or fail

  std::optional<BootTime> next_deadline() const;
  Waiter* pop_overdue(BootTime now);  // still parked; fail() it

 private:
  friend class Waiter;
  void enqueue(Waiter&, Waiter::Outgoing);
  void resume(Waiter&);
  void hand_over_later();
  void hold_back(Waiter&);  // until it says resume()
  void unpark(Waiter&);     // waits for nothing but its answers
  void forget(Waiter&);     // it is gone, or has its last answer
  void hand_over();
  void hand_over_one(Waiter&);
  void lose_turn(Waiter&);

  Loop& loop_;
  Fetch fetch_;
  std::multimap<Topic, Waiter*> parked_;
  std::multimap<BootTime, Waiter*> deadlines_;
  std::list<Waiter*> to_answer_, no_room_;
  bool posted_ = false;
};

}  // namespace tokend
