#include "daemon/adapters/peer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <fstream>

namespace tokend {

std::optional<PeerCredentials> peer_credentials(int socket)
{
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0 || size != sizeof credentials)
    return std::nullopt;
  return PeerCredentials{.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
}

std::string program_of(const PeerCredentials& peer)
{
  std::ifstream file(fmt::format("/proc/{}/comm", peer.pid));
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace tokend
