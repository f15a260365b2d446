#include "daemon/broker/locking.hpp"

#include <utility>

#include "daemon/broker/account_errors.hpp"

namespace tokend {

namespace {

Error ends_now()
{
  return {.code = ErrorCode::kLocked,
          .reason = "tokend is stopping, and its vault stays locked: it is open after the next start",
          .cause = "locked",
          .next = "try again"};
}

}  // namespace

Error Locking::locked()
{
  return {.code = ErrorCode::kLocked, .reason = "the vault is locked", .cause = "locked", .next = "tokenctl unlock"};
}

void Locking::lock(Waiter& waiter)
{
  if (unlocking_) waiters_.fail_all(*std::exchange(unlocking_, std::nullopt), locked());  // the last word counts
  if (!locking_) locking_ = operations_.next();
  waiters_.park(waiter, *locking_);
  if (!std::exchange(held_, true)) {
    hooks_.hold();
    exchanges_.stop();
  }
  if (outstanding_.at_rest()) finish();
}

void Locking::at_rest()
{
  if (held_ && !vault_.locked()) finish();
}

void Locking::finish()
{
  if (!exchanges_.unsaved().empty()) return give_up();
  const bool news = !vault_.locked();
  vault_.lock();
  if (locking_) waiters_.answer_all(*std::exchange(locking_, std::nullopt), "{}");
  if (news) hooks_.changed();
  if (!unlocking_) return;
  const auto opened = open_again();
  const Topic topic = *std::exchange(unlocking_, std::nullopt);
  if (opened) waiters_.answer_all(topic, "{}");
  else waiters_.fail_all(topic, opened.error());
}

void Locking::give_up()
{
  const Trouble why = exchanges_.save_trouble();
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = why.cause};
  error.reason = why.sentence + ": locking would lose a new login that is not on disk, so nothing was locked";
  error.next = disk_advice(why.cause) + ", then 'tokenctl lock'";
  waiters_.fail_all(*std::exchange(locking_, std::nullopt), error);
  if (unlocking_) waiters_.answer_all(*std::exchange(unlocking_, std::nullopt), "{}");
  go_on();
}

void Locking::unlock(Waiter& waiter)
{
  if (locking_) {
    if (!unlocking_) unlocking_ = operations_.next();
    return waiters_.park(waiter, *unlocking_);
  }
  waiters_.park(waiter, operations_.next());
  const auto opened = open_again();
  if (opened) waiters_.answer(waiter, "{}");
  else waiters_.fail(waiter, opened.error());
}

Result<void> Locking::open_again()
{
  if (open()) return {};
  if (stopping_) return fail(ends_now());
  const auto master = keys_.master_key();
  if (!master) return fail(master.error());
  vault_.unlock(*master);
  go_on();
  return {};
}

void Locking::go_on()
{
  held_ = false;
  if (!stopping_) exchanges_.go_on();
  hooks_.go_on();
  hooks_.changed();
}

}  // namespace tokend
