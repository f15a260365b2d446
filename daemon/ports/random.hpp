// Randomness as an argument: the simulator replays a seed.
#pragma once
#include <cstddef>
#include <span>

namespace tokend {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte>) = 0;  // cryptographic in the product
};

}  // namespace tokend
