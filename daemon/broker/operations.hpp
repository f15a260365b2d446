// A number for every operation that ends later than its call: the topic under which its waiter is found again.
#pragma once
#include "daemon/broker/waiter.hpp"

namespace tokend {

class Operations {
 public:
  Topic next() { return {Topic::Kind::kOperation, ++last_}; }

 private:
  std::int64_t last_ = 0;
};

}  // namespace tokend
