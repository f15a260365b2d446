// SystemRandom: the kernel's randomness through libsodium. sodium_init() has been called before.
#pragma once
#include "daemon/ports/random.hpp"

namespace tokend {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte>) override;
};

}  // namespace tokend
