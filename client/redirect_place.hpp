// Where a redirect URI leads a browser: to a port of the machine that the browser runs on, or to a place elsewhere.
// Words for people follow from it; what is allowed is for the daemon to decide.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tokend::client {

struct LoopbackPlace {
  std::string host;  // as written: "127.0.0.1", "[::1]", "localhost"
  std::string port;  // empty: none is given
};
std::optional<LoopbackPlace> loopback_place_of(std::string_view redirect_uri);  // none: elsewhere

// What ssh is told on the machine with the browser, so that the answer arrives here: "-L 1234:127.0.0.1:1234".
std::string tunnel_of(const LoopbackPlace&);

}  // namespace tokend::client
