// The sealed record of an account, made from what is known of it in memory. Whoever changes an account seals it.
#pragma once
#include "daemon/broker/registry.hpp"
#include "daemon/vault/vault.hpp"

namespace tokend {

void seal(Account&, Vault&);  // for its present revision

}  // namespace tokend
