// The authorization leg as the person at the terminal sees it: shared by `login`, `add` and `token --login`. It shows
// the address or the code, opens a browser where there is one, passes hints on, and cancels at Ctrl-C what it has
// started.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/command.hpp"

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

// Returns when the account is signed in, by this login or by one that was pending.
Outcome<void> run_login(const Context&, const LoginWish&);

}  // namespace tokend::client
