// What is sealed into an account's row: its definition, and what people are told about its past.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/definition.hpp"
#include "daemon/ports/time.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

// Why an account without a grant has none.
enum class LoginEnd {
  kNone,       // it has never been signed in
  kSignedOut,  // by a person
  kRedefined,  // its login was for another client or other places
};

struct AccountRecord {
  AccountDefinition definition;
  WallTime created{};
  LoginEnd ended = LoginEnd::kNone;  // of the last login that ended; with a grant it says nothing
  WallTime ended_at{};
  std::vector<std::string> fixed_origins = {};  // see Account
};

Secret to_json(const AccountRecord&);
Result<AccountRecord> read_account_record(const Secret& json);  // kInternal

}  // namespace tokend
