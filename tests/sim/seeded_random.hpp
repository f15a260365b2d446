// Randomness that a seed replays; for the code under test and for the world's choices alike, from separate streams.
// Each operation begins a stream of its own (of seed and number), so that one can be left out and the others stay as
// they were.
#pragma once
#include <cstdint>
#include <random>

#include "daemon/ports/random.hpp"

namespace tokend::sim {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : seed_(seed), engine_(seed) {}
  void begin(std::uint64_t operation) { engine_.seed(mixed(seed_ + operation * 0x9e3779b97f4a7c15)); }

  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(engine_());
  }
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }

 private:
  static std::uint64_t mixed(std::uint64_t x)  // splitmix64
  {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace tokend::sim
