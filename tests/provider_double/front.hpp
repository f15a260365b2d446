// What stands between the socket and the provider: the control interface, and the faults that tests have
// ordered. A request without a fault goes straight through.
#pragma once

#include <list>

#include "tests/provider_double/control.hpp"
#include "tests/provider_double/faults.hpp"
#include "tests/provider_double/http_server.hpp"
#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

class Front {
 public:
  explicit Front(Settings settings) : provider_{.settings = std::move(settings)} {}

  Handlers handlers();  // valid as long as this Front
  Provider& provider() { return provider_; }
  Faults& faults() { return faults_; }

 private:
  void handle(Request request, Answer answer);
  void misbehave(Fault fault, Request request, Answer answer);
  void hold(Request request, Answer answer);
  Response processed_despite(const Fault& fault, const Request& request);

  Provider provider_;
  Faults faults_;
  Control control_{provider_, faults_};
};

}  // namespace tokend::provider_double
