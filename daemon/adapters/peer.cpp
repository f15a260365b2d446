#include "daemon/adapters/peer.hpp"

#include <sys/socket.h>

namespace tokend {

std::optional<PeerCredentials> peer_credentials(int socket)
{
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || size != sizeof credentials)
    return std::nullopt;
  return PeerCredentials{.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
}

}  // namespace tokend
