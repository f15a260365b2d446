// Opening a login's address for the person at this machine: $BROWSER, else xdg-open; by argument vector, never a shell.
// The address came from a server by way of the daemon, so it is looked at here too.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::client {

// https, or http on a literal loopback address; no user information; printable ASCII; at most 8 KiB.
bool is_openable(std::string_view url);
// Host and port of an openable URL, as a person should compare it.
std::string_view host_of(std::string_view url);

using Variables = std::function<std::optional<std::string>(const char*)>;

bool has_display(const Variables&);  // a browser could show a window, or $BROWSER is set

// What to try, in order: each entry of $BROWSER (split at ':', its words at spaces, "%s" replaced by the URL, else the
// URL added), or xdg-open.
std::vector<std::vector<std::string>> browser_commands(std::string_view url, const Variables&);

// Starts the first that can be started; does not wait for it. False: none.
bool open_browser(std::string_view url, const Variables&);

}  // namespace tokend::client
