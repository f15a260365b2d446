// Whom notices reach in the simulator.
#pragma once
#include "daemon/ports/notifier.hpp"

namespace tokend::sim {

class Nobody final : public Notifier {
 public:
  void tell(const Notice&) override {}
};

}  // namespace tokend::sim
