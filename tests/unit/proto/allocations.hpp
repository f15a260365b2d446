// How often this program has allocated so far: operator new is replaced in allocations.cpp.
#pragma once
#include <cstddef>

namespace tokend::test {
std::size_t allocations();
}
