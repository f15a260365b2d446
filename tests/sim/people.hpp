// Those who ask the broker in the simulator besides programs (program.hpp): somebody who only wants to know how it
// ended, and a person with a browser.
#pragma once
#include <string>

#include "daemon/broker/waiter.hpp"
#include "tests/sim/seeded_random.hpp"
#include "tests/sim/virtual_provider.hpp"
#include "tests/sim/virtual_redirects.hpp"

namespace tokend::sim {

class Anyone : public Waiter {
 public:
  void on_answer(const Answer& answer) override;
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

// Opens the URL or types the code, says yes (mostly), and is sent back to the redirect URI some seconds later.
class Person final : public Waiter {
 public:
  Person(VirtualLoop& loop, VirtualRedirects& redirects, VirtualProvider& provider, SeededRandom& world)
      : loop_(loop), redirects_(redirects), provider_(provider), world_(world)
  {
  }
  void on_answer(const Answer&) override;

 private:
  void open(const std::string& url);

  VirtualLoop& loop_;
  VirtualRedirects& redirects_;
  VirtualProvider& provider_;
  SeededRandom& world_;
};

}  // namespace tokend::sim
