// The control interface, under /_control/ on the server's own port: tests change settings, order faults,
// move the clock, decide device requests and read the ledger. Requests carry form parameters, answers are
// JSON. README.md lists them. Nothing here is counted in the ledger.
#pragma once

#include <cstddef>
#include <list>

#include "tests/provider_double/faults.hpp"
#include "tests/provider_double/http_server.hpp"
#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

class Control {
 public:
  Control(Provider& provider, Faults& faults) : provider_(provider), faults_(faults) {}

  void handle(const Request& request, const Answer& answer);
  void something_happened();  // answers those who waited for it

 private:
  struct Waiting {
    std::size_t token_requests = 0;
    std::size_t held = 0;
    Answer answer;
  };

  Response change_settings(const Parameters& form);
  Response order_fault(const Parameters& form);
  Response decide_device(const Parameters& form);
  Response state() const;
  Response ledger() const;
  Response secrets() const;
  Response respond_to(const Request& request, const Parameters& form);
  bool is_due(const Waiting& waiting) const;

  Provider& provider_;
  Faults& faults_;
  std::list<Waiting> waiting_;
};

}  // namespace tokend::provider_double
