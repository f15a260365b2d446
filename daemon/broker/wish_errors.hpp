// What people read whose own wish a provider has refused: it is told, and the account is not blamed for it.
#pragma once
#include "daemon/broker/registry.hpp"
#include "proto/error.hpp"

namespace tokend {

// A token for these scopes, this resource or audience; the account's usual one may be had all the same.
Error wish_refused(const Account&, const Trouble&, const TokenKey&);

}  // namespace tokend
