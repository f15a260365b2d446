// The schema of tokend.db and the steps that lead to it. Only forward, and from the first day: a new database takes
// all steps. A step that was released never changes; what comes after it is a step of its own.
// Everything secret in it is a sealed record of the vault; names, issuers, client ids, times and sizes are in the
// clear.
#pragma once
#include <span>

namespace tokend {

inline constexpr int kApplicationId = 0x746f6b64;  // "tokd", at byte 68 of the file

struct SchemaStep {
  int to;           // PRAGMA user_version after it
  const char* sql;  // runs in one transaction with all steps that are due
};

std::span<const SchemaStep> schema_steps();

// quarantine.source: which table a record was set aside from. Persisted numbers.
enum class QuarantineSource : int { kGrants = 1, kAccounts = 2, kClients = 3, kAccessTokens = 4, kAttempts = 5 };

}  // namespace tokend
