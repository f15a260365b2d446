#include "daemon/broker/waiters.hpp"

#include <utility>

namespace tokend {

Waiter::~Waiter()
{
  if (home_) home_->forget(*this);
}

void Waiter::resume()
{
  if (walking_) home_->take_turn(*this);
}

Waiters::~Waiters()
{
  while (!parked_.empty()) forget(*parked_.begin()->second);
  while (!to_answer_.empty()) forget(*to_answer_.front());
}

void Waiters::park(Waiter& waiter, Topic topic, std::optional<BootTime> deadline)
{
  waiter.home_ = this;
  waiter.place_ = parked_.emplace(topic, &waiter);
  waiter.parked_ = true;
  if (deadline) waiter.deadline_ = deadlines_.emplace(*deadline, &waiter);
  if (closed_) loop_.post([this] { turn_away(); });  // not now: it may be answered at once
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

void Waiters::answer_by_walk(Waiter& waiter, MakePiece make)
{
  waiter.walking_.emplace(std::move(make), Walk{});
  take_turn(waiter);
}

void Waiters::fail(Waiter& waiter, Error error)
{
  unpark(waiter);
  waiter.walking_.reset();
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

void Waiters::close(Reason why)
{
  closed_ = std::move(why);
  turn_away();
}

void Waiters::turn_away()
{
  for (auto place = parked_.begin(); place != parked_.end();) {
    const auto [topic, waiter] = *place++;  // before fail() takes it out
    if (auto error = closed_(topic)) fail(*waiter, std::move(*error));
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
  if (waiter.turn_) end_turn(waiter);
  waiter.walking_.reset();
  waiter.outgoing_.clear();
  waiter.home_ = nullptr;
}

void Waiters::enqueue(Waiter& waiter, Waiter::Outgoing outgoing)
{
  waiter.outgoing_.push_back(std::move(outgoing));
  take_turn(waiter);
}

void Waiters::take_turn(Waiter& waiter)
{
  if (!waiter.turn_) waiter.turn_ = to_answer_.insert(to_answer_.end(), &waiter);
  if (std::exchange(posted_, true)) return;
  loop_.post([this] { hand_over(); });
}

void Waiters::end_turn(Waiter& waiter)
{
  to_answer_.erase(*waiter.turn_);
  waiter.turn_.reset();
}

void Waiters::hand_over()
{
  posted_ = false;
  for (int n = 0; n < kAnswersPerTurn && !to_answer_.empty(); ++n) hand_over_one(*to_answer_.front());
  if (to_answer_.empty() || std::exchange(posted_, true)) return;
  loop_.post([this] { hand_over(); });
}

// None: it has to wait for room, or for something to happen.
std::optional<Waiter::Outgoing> Waiters::next_for(Waiter& waiter)
{
  if (waiter.walking_) {
    if (!waiter.has_room()) return std::nullopt;
    Piece piece = waiter.walking_->make(waiter.walking_->walk);
    if (piece.ends_walk) waiter.walking_.reset();
    return Waiter::Outgoing{std::move(piece.parameters), piece.continues};
  }
  if (waiter.outgoing_.empty()) return std::nullopt;
  Waiter::Outgoing next = std::move(waiter.outgoing_.front());
  waiter.outgoing_.pop_front();
  return next;
}

void Waiters::hand_over_one(Waiter& waiter)
{
  const auto next = next_for(waiter);
  if (!next) return end_turn(waiter);
  const Waiter::Outgoing& outgoing = *next;
  to_answer_.splice(to_answer_.end(), to_answer_, *waiter.turn_);  // behind the others
  if (!outgoing.continues) forget(waiter);  // before the call: the session may park again inside it
  else if (!waiter.walking_ && waiter.outgoing_.empty()) end_turn(waiter);
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
