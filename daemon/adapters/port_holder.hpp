// Which program listens on a TCP port of this machine, as far as /proc shows it to us: for an error message that lets a
// person act. Not a proof of anything.
#pragma once
#include <cstdint>
#include <string>

namespace tokend {

// "another program (pid 4242, node)", "another program (of user 1001)" or "another program". Printable ASCII.
std::string describe_port_holder(std::uint16_t port);

}  // namespace tokend
