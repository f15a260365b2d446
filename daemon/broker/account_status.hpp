// What `status` and `list` show of an account: derived at every question from the grant and the login, never stored, so
// that it cannot go stale.
#pragma once
#include <string>

#include "daemon/broker/registry.hpp"
#include "proto/messages.hpp"

namespace tokend {

struct LoginView {
  bool pending = false;
  std::string redirect_uri;  // the one it will use, or uses now
};

wire::State state_of(const Account&, const GrantEntry*, bool login_pending, BootTime now);
wire::AccountStatus status_of(const Account&, const GrantEntry*, const Client*, const LoginView&, const Now&);

std::int64_t unix_seconds(WallTime);
std::optional<std::int64_t> expiry_of(const AccessToken&);  // Unix seconds; nullopt: does not expire, or nobody knows

}  // namespace tokend
