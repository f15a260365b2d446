// Whose the other end of a loopback TCP connection is: the kernel is asked about that one socket (sock_diag(7)), so an
// answer costs the same however many sockets the machine has, and takes no file descriptor. Not a list of sockets: for
// that, tcp_table.
//
// The question is answered within the call that asks it. A kernel without inet_diag, a socket of another network
// namespace, and one that is gone are all "not known".
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "daemon/adapters/tcp_table.hpp"
#include "proto/file_descriptor.hpp"

namespace tokend {

class SocketOwners {
 public:
  SocketOwners();

  // Of the connected socket between these two ends, seen from its own side. A uid outside our user namespace shows as
  // the overflow uid (65534); a socket that no process holds any more may show as root's. Never blocks.
  std::optional<uid_t> owner(const TcpEnd& local, const TcpEnd& remote);

 private:
  FileDescriptor kernel_;  // none: nothing is known
  std::uint32_t asked_ = 0;
};

}  // namespace tokend
