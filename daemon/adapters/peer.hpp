// Who is at the other end of a Unix socket. Only what the kernel vouches for: the ids at the time of connect(2).
#pragma once
#include <optional>
#include <string>

#include "daemon/session/session.hpp"

namespace tokend {

// SO_PEERCRED; nullopt on any error: the connection is then to be closed.
std::optional<PeerCredentials> peer_credentials(int socket);

// What the process calls itself now (/proc/PID/comm), as it is; empty: it is gone. Anybody can choose this name.
std::string program_of(const PeerCredentials&);

}  // namespace tokend
