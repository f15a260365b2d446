// What is sealed into an account's row: its definition, and what people are told about its past.
#pragma once
#include <optional>

#include "daemon/core/definition.hpp"
#include "daemon/ports/time.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct AccountRecord {
  AccountDefinition definition;
  WallTime created{};
  bool signed_out = false;  // by a person; else it has never been signed in, or its grant says more
};

Secret to_json(const AccountRecord&);
Result<AccountRecord> read_account_record(const Secret& json);  // kInternal

}  // namespace tokend
