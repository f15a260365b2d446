#include "daemon/adapters/schema.hpp"

namespace tokend {
namespace {

// Times are seconds since 1970; attempts.boot_at is milliseconds of the boot that boot_id names.
// References are checked at the commit: the order of changes within a unit is free.
constexpr char kStep1[] = R"sql(
CREATE TABLE vault (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  database_id BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  commits INTEGER NOT NULL           -- grows by one in every transaction: tells whether one arrived
) STRICT;
CREATE TABLE key_slots (
  slot_id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  params TEXT NOT NULL,
  commitment BLOB NOT NULL,
  wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE clients (               -- a registration at a provider
  client_row INTEGER PRIMARY KEY,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  sealed BLOB                        -- client_secret
) STRICT;
CREATE TABLE grants (                -- one consent
  grant_id INTEGER PRIMARY KEY,
  status INTEGER NOT NULL,
  client_row INTEGER NOT NULL REFERENCES clients DEFERRABLE INITIALLY DEFERRED,
  generation INTEGER NOT NULL,
  consented_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  binding BLOB NOT NULL,
  sealed BLOB                        -- refresh
) STRICT;
CREATE INDEX grants_by_client ON grants(client_row);
CREATE TABLE heads (                 -- apart from grants, so that a replayed or deleted grant row shows
  grant_id INTEGER PRIMARY KEY REFERENCES grants ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  head BLOB NOT NULL
) STRICT;
CREATE TABLE accounts (
  account_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  grant_id INTEGER REFERENCES grants ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  client_row INTEGER REFERENCES clients ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  origin INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  last_used_day INTEGER NOT NULL,
  definition BLOB NOT NULL           -- definition
) STRICT;
CREATE INDEX accounts_by_grant ON accounts(grant_id);
CREATE INDEX accounts_by_client ON accounts(client_row);
CREATE TABLE access_tokens (
  token_id INTEGER PRIMARY KEY,
  grant_id INTEGER NOT NULL REFERENCES grants ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  generation INTEGER NOT NULL,
  expires_at INTEGER,
  sealed BLOB NOT NULL               -- access
) STRICT;
CREATE INDEX access_tokens_by_grant ON access_tokens(grant_id);
CREATE TABLE attempts (              -- the journal: at most one exchange a grant
  grant_id INTEGER PRIMARY KEY REFERENCES grants ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  attempt INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  sends INTEGER NOT NULL,
  credential_tag BLOB NOT NULL,
  wall_at INTEGER NOT NULL,
  boot_at INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  parse_tries INTEGER NOT NULL,
  http_status INTEGER,
  sealed BLOB                        -- journal
) STRICT;
CREATE TABLE quarantine (            -- records set aside, never erased because a refresh failed
  quarantine_id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  binding BLOB NOT NULL,
  cause INTEGER NOT NULL,
  at INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (source, row_id, generation)
) STRICT;
)sql";

constexpr SchemaStep kSteps[] = {{1, kStep1}};

}  // namespace

std::span<const SchemaStep> schema_steps() { return kSteps; }

}  // namespace tokend
