#include "daemon/adapters/system_random.hpp"

#include <sodium/randombytes.h>

namespace tokend {

void SystemRandom::fill(std::span<std::byte> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

}  // namespace tokend
