// What is sealed into a grant's row: the credential and all that is needed to use it after a restart, without asking
// the provider or reading the account's present definition. Canonical JSON inside the record; members may be added.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/definition.hpp"
#include "daemon/core/discovery.hpp"
#include "daemon/core/grant.hpp"
#include "daemon/core/id_token.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct TokenNote {  // of an access token; its value lies in a row of its own
  std::int64_t row = 0;
  TokenKey key;
  std::string type;
  std::vector<std::string> granted;
  std::optional<Seconds> lifetime;
  WallTime minted{};
  BootTime minted_boot{};    // the same, exactly,
  std::string boot_id = {};  // within this boot; empty: it was read from the wall clock itself

  bool operator==(const TokenNote&) const = default;
};

struct Warned {  // a person knows that the login ends then
  int days = 0;  // since so many were left at most
  WallTime end{};

  bool operator==(const Warned&) const = default;
};

struct GrantRecord {
  AccountDefinition definition;           // as it was at the login; its flow is the login's
  std::optional<Metadata> metadata;       // as it was discovered; none: every endpoint was given
  AllowedOrigins origins;                 // where its secrets may go, as at the login
  std::optional<Identity> identity;       // none: the provider did not say
  std::optional<RefreshEnd> refresh_end;  // of the refresh token
  std::optional<Warned> warned;
  std::vector<TokenNote> tokens;
  std::optional<Trouble> death;  // why the grant is dead

  bool can_refresh = false;  // a refresh token lies in the record
};

Secret to_json(const GrantRecord&, const Secret& refresh_token);  // empty: there is none
struct OpenedGrant {
  GrantRecord record;
  Secret refresh_token;
};
Result<OpenedGrant> read_grant_record(const Secret& json);  // kInternal

}  // namespace tokend
