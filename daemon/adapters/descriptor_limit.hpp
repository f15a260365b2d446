// How many file descriptors the process may have (RLIMIT_NOFILE), and how many clients fit into that. What clients
// leave is for the work itself: a login or a refresh must not fail because programs hold connections.
#pragma once
#include <cstddef>

namespace tokend {

// Beside clients: 64 exchanges and their name look-ups, 8 logins with 32 browsers a port, database, loop, log.
inline constexpr std::size_t kOwnDescriptors = 512;

// Of a limit that is too low for both, half is ours.
std::size_t clients_that_fit(std::size_t limit, std::size_t wanted);

// Raises the soft limit towards what `wanted` clients need, at most to the hard limit, and never lowers it. How many of
// them fit now.
std::size_t make_room_for_clients(std::size_t wanted);

}  // namespace tokend
