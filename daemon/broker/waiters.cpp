#include "daemon/broker/waiters.hpp"

#include <utility>

namespace tokend {

Waiter::~Waiter()
{
  if (home_) home_->forget(*this);
}

Waiters::~Waiters()
{
  while (!parked_.empty()) forget(*parked_.begin()->second);
  while (!to_answer_.empty()) forget(*to_answer_.front());
  while (!no_room_.empty()) forget(*no_room_.front());
}

void Waiters::park(Waiter& waiter, Topic topic, std::optional<BootTime> deadline)
{
  waiter.home_ = this;
  waiter.place_ = parked_.emplace(topic, &waiter);
  waiter.parked_ = true;
  if (deadline) waiter.deadline_ = deadlines_.emplace(*deadline, &waiter);
}

void Waiters::park(Waiter& waiter, TokenWish wish, BootTime deadline)
{
  park(waiter, token_topic(wish.account), deadline);
  waiter.wish_ = std::move(wish);
}

void Waiters::answer(Waiter& waiter, std::string parameters, bool continues)
{
  if (!continues) unpark(waiter);
  enqueue(waiter, {std::move(parameters), continues});
}

void Waiters::fail(Waiter& waiter, Error error)
{
  unpark(waiter);
  enqueue(waiter, {std::move(error), false});
}

void Waiters::grant(Waiter& waiter)
{
  TokenWish wish = std::move(*waiter.wish_);
  unpark(waiter);
  enqueue(waiter, {std::move(wish), false});
}

void Waiters::answer_all(Topic topic, const std::string& parameters, bool continues)
{
  each(topic, [&](Waiter& waiter) { answer(waiter, parameters, continues); });
}

void Waiters::fail_all(Topic topic, const Error& error)
{
  each(topic, [&](Waiter& waiter) { fail(waiter, error); });
}

void Waiters::grant_all(AccountId account, const TokenKey& key)
{
  each(token_topic(account), [&](Waiter& waiter) {
    if (waiter.wish_->key == key) grant(waiter);
  });
}

void Waiters::each(Topic topic, const std::function<void(Waiter&)>& visit)
{
  auto [place, end] = parked_.equal_range(topic);
  while (place != end) {
    Waiter& waiter = *place->second;
    ++place;  // before the visit: it may unpark this one
    visit(waiter);
  }
}

std::optional<BootTime> Waiters::next_deadline() const
{
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

Waiter* Waiters::pop_overdue(BootTime now)
{
  if (deadlines_.empty() || deadlines_.begin()->first > now) return nullptr;
  Waiter* waiter = deadlines_.begin()->second;
  deadlines_.erase(deadlines_.begin());
  waiter->deadline_.reset();
  return waiter;
}

void Waiters::unpark(Waiter& waiter)
{
  if (std::exchange(waiter.parked_, false)) parked_.erase(waiter.place_);
  waiter.wish_.reset();
  if (waiter.deadline_) deadlines_.erase(*waiter.deadline_);
  waiter.deadline_.reset();
}

void Waiters::forget(Waiter& waiter)
{
  unpark(waiter);
  lose_turn(waiter);
  waiter.outgoing_.clear();
  waiter.home_ = nullptr;
}

void Waiter::resume()
{
  if (home_) home_->resume(*this);
}

void Waiters::resume(Waiter& waiter)
{
  if (!waiter.turn_ || waiter.turn_->queue != &no_room_) return;
  to_answer_.splice(to_answer_.end(), no_room_, waiter.turn_->place);
  waiter.turn_->queue = &to_answer_;
  hand_over_later();
}

void Waiters::enqueue(Waiter& waiter, Waiter::Outgoing outgoing)
{
  waiter.outgoing_.push_back(std::move(outgoing));
  if (!waiter.turn_) waiter.turn_ = {&to_answer_, to_answer_.insert(to_answer_.end(), &waiter)};
  hand_over_later();
}

void Waiters::hand_over_later()
{
  if (to_answer_.empty() || std::exchange(posted_, true)) return;
  loop_.post([this] { hand_over(); });
}

void Waiters::hand_over()
{
  posted_ = false;
  for (int n = 0; n < kAnswersPerTurn && !to_answer_.empty(); ++n) {
    Waiter& next = *to_answer_.front();
    if (next.takes_more()) hand_over_one(next);
    else hold_back(next);
  }
  hand_over_later();
}

void Waiters::hold_back(Waiter& waiter)
{
  no_room_.splice(no_room_.end(), to_answer_, waiter.turn_->place);
  waiter.turn_->queue = &no_room_;
}

void Waiters::lose_turn(Waiter& waiter)
{
  if (waiter.turn_) waiter.turn_->queue->erase(waiter.turn_->place);
  waiter.turn_.reset();
}

void Waiters::hand_over_one(Waiter& waiter)
{
  const Waiter::Outgoing outgoing = std::move(waiter.outgoing_.front());
  waiter.outgoing_.pop_front();
  if (waiter.outgoing_.empty()) lose_turn(waiter);
  if (!outgoing.continues) forget(waiter);  // before the call: the session may park again inside it
  if (const auto* wish = std::get_if<TokenWish>(&outgoing.what)) {
    const auto fetched = fetch_(*wish);
    if (!fetched) return waiter.on_answer({&fetched.error()});
    const auto* text = std::get_if<std::string>(&*fetched);
    if (text) waiter.on_answer({std::string_view(*text)});
    else waiter.on_answer({std::get<const ReadyReply*>(*fetched)});
  } else if (const auto* error = std::get_if<Error>(&outgoing.what)) {
    waiter.on_answer({error});
  } else {
    waiter.on_answer({std::string_view(std::get<std::string>(outgoing.what)), outgoing.continues});
  }
}

}  // namespace tokend
