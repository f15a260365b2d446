// Whether an address is one of the open Internet: not this machine, not a network that only a few can reach (RFC 6890
// and the IANA registries of special-purpose addresses). An IPv6 address that carries an IPv4 one is as public as that.
#pragma once
#include <sys/socket.h>

namespace tokend {

bool is_public_address(const sockaddr&);  // AF_INET or AF_INET6; any other family is not

}  // namespace tokend
