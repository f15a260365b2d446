// DeadlineList: many deadlines of one length with one timer. Because all are equally long, the list is in order by
// itself: adding and removing cost nothing but the entry, and the timer looks at the front alone.
// It counts CLOCK_MONOTONIC: a suspended machine does not use up a client's time.
#pragma once
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <optional>

namespace tokend {

class DeadlineList {
 public:
  class Entry {
   public:
    virtual void on_deadline() = 0;  // must leave the list or restart

   protected:
    ~Entry() = default;
  };
  struct Due {
    std::chrono::steady_clock::time_point at;
    Entry* entry;
  };
  using Place = std::optional<std::list<Due>::iterator>;  // kept by the entry; nullopt: not on the list

  DeadlineList(asio::io_context& io, std::chrono::milliseconds length) : timer_(io), length_(length) {}

  void restart(Entry&, Place&);  // puts it at the end, from wherever it was
  void remove(Place&);

 private:
  void wait();

  asio::steady_timer timer_;
  std::chrono::milliseconds length_;
  std::list<Due> due_;
  bool waiting_ = false;
};

}  // namespace tokend
