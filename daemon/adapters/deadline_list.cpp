#include "daemon/adapters/deadline_list.hpp"

#include <utility>

namespace tokend {

void DeadlineList::restart(Entry& entry, Place& place)
{
  const auto at = std::chrono::steady_clock::now() + length_;
  if (place) {
    (*place)->at = at;
    due_.splice(due_.end(), due_, *place);
  } else {
    place = due_.insert(due_.end(), {at, &entry});
  }
  wait();
}

void DeadlineList::remove(Place& place)
{
  if (place) due_.erase(*std::exchange(place, std::nullopt));
}

void DeadlineList::wait()
{
  if (waiting_ || due_.empty()) return;
  waiting_ = true;
  timer_.expires_at(due_.front().at);
  timer_.async_wait([this](const std::error_code& error) {
    if (error) return;
    waiting_ = false;
    const auto now = std::chrono::steady_clock::now();
    while (!due_.empty() && due_.front().at <= now) due_.front().entry->on_deadline();
    wait();
  });
}

}  // namespace tokend
