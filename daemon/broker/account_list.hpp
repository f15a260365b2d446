// ListAccounts: a reply for each account, by name, made as its reader takes it.
#pragma once
#include <functional>

#include "daemon/broker/registry.hpp"
#include "daemon/broker/waiter.hpp"
#include "proto/messages.hpp"

namespace tokend {

// `total` of every reply counts the accounts at the call. A reply without a status ends a list whose rest was removed
// meanwhile. The registry outlives the walk.
MakePiece list_of(Registry&, std::function<wire::AccountStatus(Account&)> status_of);

}  // namespace tokend
