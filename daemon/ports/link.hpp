// The network as a place that one can be without: says when there is a way out of this machine again.
// Real: adapters/netlink_link.
#pragma once
#include <functional>

namespace tokend {

class Link {
 public:
  virtual ~Link() = default;
  virtual void on_up(std::move_only_function<void()>) = 0;  // set once; called on the loop, perhaps in vain
};

}  // namespace tokend
