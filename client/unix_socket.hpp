// A connected Unix stream socket and its waits. Blocking for the caller, with a deadline and a second descriptor that
// may end the wait (a pending signal). No protocol here.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/file_descriptor.hpp"

namespace tokend::client {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;  // none: for ever
inline Deadline in_seconds(std::int64_t seconds) { return Clock::now() + std::chrono::seconds(seconds); }

// None: errno says why (ENAMETOOLONG for a path that no socket can have, EAGAIN where nobody accepted in time).
FileDescriptor connect_to(const std::string& path, std::chrono::milliseconds patience);

// Whose program listened on the other side's path; none: the kernel does not tell.
std::optional<uid_t> peer_uid(int fd);

enum class Waited { kReady, kInterrupted, kTimedOut };
// For bytes to read (or room to write) on fd; kInterrupted: `interrupts` has something, if it is one.
Waited wait_readable(int fd, int interrupts, Deadline);
Waited wait_writable(int fd, int interrupts, Deadline);

// How many bytes came; 0: the end, or an error, which is the same to us.
std::size_t receive(int fd, std::span<char> into);
std::optional<std::size_t> send_some(int fd, std::string_view bytes);  // none: the other side is gone

}  // namespace tokend::client
