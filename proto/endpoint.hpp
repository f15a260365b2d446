// Where tokend's files are: the socket, the state directory, the configuration directory. Pure: what the process knows
// of its surroundings is passed in, so that daemon, client and tests agree by construction. It creates nothing and
// judges no modes: the daemon does.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/result.hpp"

namespace tokend {

inline constexpr std::string_view kSocketName = "io.tokend.Broker";
inline constexpr std::string_view kSystemSocket = "/run/tokend/io.tokend.Broker";

struct Environment {
  std::uint32_t uid = 0;
  std::string home;  // of the password database; $HOME wins
  std::function<std::optional<std::string>(const char* name)> variable;
  std::function<bool(const std::string& path)> own_directory;  // it is a directory and belongs to uid
};
Environment process_environment();  // of this process

enum class Instance {
  kAny,  // the client: the user's first, then the system's
  kUser,
  kSystem,
};

// The client: in the order to try. An explicit path (--socket, else $TOKEND_SOCKET) stands alone.
std::vector<std::string> socket_candidates(const Environment&, const std::optional<std::string>& option, Instance);

// The daemon: kUser or kSystem. Options win over the environment. An error: there is no home to put anything in.
Result<std::string> state_directory(const Environment&, const std::optional<std::string>& option, Instance);
Result<std::string> config_directory(const Environment&, const std::optional<std::string>& option, Instance);

// What --socket or $TOKEND_SOCKET say: they win even over a socket that systemd hands over.
std::optional<std::string> explicit_socket(const Environment&, const std::optional<std::string>& option);
// Where what must outlive the process, but not the machine, goes: $XDG_RUNTIME_DIR/tokend, or /run/user/UID/tokend,
// where that is ours; of the system's daemon /run/tokend. nullopt: there is no such place.
std::optional<std::string> runtime_directory(const Environment&, Instance);
// Else, without systemd: in the runtime directory if it is ours, else in `state_directory`.
std::string default_socket(const Environment&, const std::string& state_directory, Instance);

}  // namespace tokend
