// A failing world made small: operations are left out, more and fewer at a time, as long as it fails in the same way.
#pragma once
#include <optional>
#include <set>
#include <string>

#include "tests/sim/simulation.hpp"

namespace tokend::sim {

// The operations that are enough. `violation`: what the whole world is known to fail with.
std::set<long> shrink(std::uint64_t seed, long operations, const std::string& violation, const std::string& expected);

std::string ranges_of(const std::set<long>&);                        // "3,17-19"
std::optional<std::set<long>> read_ranges(const std::string& text);  // nullopt: it is no such list

}  // namespace tokend::sim
