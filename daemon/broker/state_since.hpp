// When the state of an account began. States are derived at every question (account_status), and every event asks; so
// what was derived last is remembered with the account, and a different state began now. What no event tells, and what
// this process has not seen begin, is read from what is held: an expiry, the end of a login, the last rotation.
#pragma once
#include "daemon/broker/registry.hpp"
#include "daemon/ports/time.hpp"

namespace tokend {

WallTime state_since(Account&, const GrantEntry*, wire::State, const Now&);

}  // namespace tokend
