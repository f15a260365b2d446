// Randomness that a seed replays; for the code under test and for the world's choices alike, from separate streams.
#pragma once
#include <cstdint>
#include <random>

#include "daemon/ports/random.hpp"

namespace tokend::sim {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(engine_());
  }
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tokend::sim
