// News of the network, from the simulator.
#pragma once
#include "daemon/ports/link.hpp"

namespace tokend::sim {

class VirtualLink final : public Link {
 public:
  void on_up(std::move_only_function<void()> told) override { told_ = std::move(told); }
  void come_up() { told_(); }

 private:
  std::move_only_function<void()> told_;
};

}  // namespace tokend::sim
