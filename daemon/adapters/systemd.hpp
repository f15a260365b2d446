// What systemd and the daemon tell each other when it starts, reloads and stops (sd_notify(3), sd_listen_fds(3)).
// Without systemd every call does nothing. Units, watchdog and sandbox: systemd/.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "proto/result.hpp"

namespace tokend::systemd {

void notify_ready(std::string_view status);  // READY=1, with a line for `systemctl status`
void notify_reloading();                     // RELOADING=1; notify_ready() ends it
void notify_stopping();                      // STOPPING=1

// The listening Unix stream socket that was passed to this very process (LISTEN_PID), owned by the caller from now on;
// nullopt: none was. An error: what was passed is not one such socket. Close-on-exec is set, the variables are removed.
Result<std::optional<int>> take_listening_socket();

// Closes, without a word, the connections that wait at a socket that was handed over and not taken.
void turn_clients_away();

}  // namespace tokend::systemd
