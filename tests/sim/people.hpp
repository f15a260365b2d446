// Those who ask the broker in the simulator: programs that want a token, and a person with a browser.
#pragma once
#include <functional>
#include <string>

#include "daemon/broker/ready_reply.hpp"
#include "daemon/broker/waiter.hpp"
#include "proto/messages.hpp"
#include "tests/sim/simulation.hpp"

namespace tokend::sim {

std::string token_in(const ReadyReply&);

// Whoever only wants to know how it ended.
class Anyone final : public Waiter {
 public:
  void on_answer(const Answer& answer) override
  {
    if (const auto* failed = std::get_if<const Error*>(&answer.what)) error = (*failed)->reason;
    else got_token = std::holds_alternative<const ReadyReply*>(answer.what);
  }
  std::string error;
  bool got_token = false;
};

// A lock that is refused was none.
class Locker final : public Waiter {
 public:
  explicit Locker(bool& locked) : locked_(locked) {}
  void on_answer(const Answer& answer) override
  {
    if (std::holds_alternative<const Error*>(answer.what)) locked_ = false;
  }

 private:
  bool& locked_;
};

class Simulation::Caller final : public Waiter {
 public:
  using Answered = std::function<void(const std::string& account, const Answer&)>;
  Caller(std::string account, Answered answered) : account_(std::move(account)), answered_(std::move(answered)) {}
  void on_answer(const Answer& answer) override { answered_(account_, answer); }

 private:
  std::string account_;
  Answered answered_;
};

// Opens the URL, says yes (mostly), and is sent back to the redirect URI some seconds later.
class Simulation::Person final : public Waiter {
 public:
  Person(VirtualLoop& loop, VirtualRedirects& redirects, VirtualProvider& provider, SeededRandom& world)
      : loop_(loop), redirects_(redirects), provider_(provider), world_(world)
  {
  }
  void on_answer(const Answer&) override;

 private:
  VirtualLoop& loop_;
  VirtualRedirects& redirects_;
  VirtualProvider& provider_;
  SeededRandom& world_;
};

}  // namespace tokend::sim
