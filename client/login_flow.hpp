// The authorization leg as the person at the terminal sees it: shared by `login`, `add` and `token --login`. It shows
// the address or the code, opens a browser where there is one, passes hints on, and cancels at Ctrl-C what it has
// started.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/command.hpp"
#include "client/times.hpp"

namespace tokend::client {

struct LoginWish {
  std::string account;
  std::optional<Flow> flow = {};
  std::vector<std::string> scopes = {};
  bool open_browser = true;
  bool restart = false, switch_user = false;
  std::optional<std::int64_t> timeout = {};  // seconds
  bool print_replies = false;                // --json: each reply is a line on stdout
};

// How many seconds the daemon may take to say more. deadline: the login's own, once the daemon has told it, since its
// configuration may have another default than ours. A code that comes at the last moment is still exchanged.
std::int64_t patience(const LoginWish&, std::optional<UnixTime> deadline, UnixTime now);

// Returns when the account is signed in, by this login or by one that was pending.
Outcome<void> run_login(const Context&, const LoginWish&);

}  // namespace tokend::client
