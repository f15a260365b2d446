// The number of times that the calling thread has asked operator new for memory. In a file of its own: a compiler that
// sees a replaced operator delete takes it for a mistake.
#pragma once
#include <cstdint>

namespace tokend::testing {

std::uint64_t allocations_of_this_thread();

}  // namespace tokend::testing
