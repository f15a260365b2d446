// What `status`, `list` and `status NAME` show. Pure: the present and the width are arguments.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/advice.hpp"
#include "client/times.hpp"
#include "proto/messages.hpp"

namespace tokend::client {

struct View {
  UnixTime now;
  std::size_t columns = 80;
  Advice advice = {};
};

// Each ends with a newline.
std::string status_table(const std::vector<wire::AccountStatus>&, const wire::DaemonStatus&, const View&);
std::string list_table(const std::vector<wire::AccountStatus>&, const View&);
std::string account_sheet(const wire::AccountStatus&, const View&);

std::string_view words_of(wire::State);

// It holds a login, or a token that is good: what signing out would end at the provider.
bool is_signed_in(const wire::AccountStatus&);

// What `status` exits with: the first of 7, 9, 3, 5 that applies to the daemon or to an account, else 0.
int exit_code_of(const std::vector<wire::AccountStatus>&, const wire::DaemonStatus&);

}  // namespace tokend::client
