#include "daemon/adapters/store_rows.hpp"

#include "daemon/adapters/schema.hpp"

namespace tokend {
namespace {

constexpr char kClient[] =
    "INSERT INTO clients (client_row, issuer, client_id, sealed) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (client_row) DO UPDATE SET issuer = ?2, client_id = ?3, sealed = ?4";
constexpr char kGrant[] =
    "INSERT INTO grants (grant_id, status, client_row, generation, consented_at, rotated_at, binding, sealed)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (grant_id) DO UPDATE SET status = ?2, client_row = ?3, generation = ?4, consented_at = ?5,"
    " rotated_at = ?6, binding = ?7, sealed = ?8";
constexpr char kHead[] =
    "INSERT INTO heads (grant_id, head) VALUES (?1, ?2) ON CONFLICT (grant_id) DO UPDATE SET head = ?2";
constexpr char kAccount[] =
    "INSERT INTO accounts (account_id, name, grant_id, client_row, origin, revision, last_used_day, definition)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    " ON CONFLICT (account_id) DO UPDATE SET name = ?2, grant_id = ?3, client_row = ?4, origin = ?5, revision = ?6,"
    " last_used_day = ?7, definition = ?8";
constexpr char kToken[] =
    "INSERT INTO access_tokens (token_id, grant_id, generation, expires_at, sealed) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (token_id) DO UPDATE SET grant_id = ?2, generation = ?3, expires_at = ?4, sealed = ?5";
constexpr char kAttempt[] =
    "INSERT INTO attempts (grant_id, attempt, generation, kind, sends, credential_tag, wall_at, boot_at, boot_id,"
    " parse_tries, http_status, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    " ON CONFLICT (grant_id) DO UPDATE SET attempt = ?2, generation = ?3, kind = ?4, sends = ?5, credential_tag = ?6,"
    " wall_at = ?7, boot_at = ?8, boot_id = ?9, parse_tries = ?10, http_status = ?11, sealed = ?12";
constexpr char kSetAside[] =
    "INSERT INTO quarantine (source, row_id, generation, binding, cause, at, sealed)"
    " SELECT ?1, grant_id, generation, binding, ?3, ?4, sealed FROM grants WHERE grant_id = ?2 AND sealed IS NOT NULL"
    " ON CONFLICT DO NOTHING";
constexpr char kForgetAside[] = "DELETE FROM quarantine WHERE source IN (?1, ?2) AND row_id = ?3";
constexpr char kCurrent[] =
    "SELECT generation, attempt FROM (SELECT generation FROM grants WHERE grant_id = ?1)"
    " LEFT JOIN (SELECT attempt FROM attempts WHERE grant_id = ?1)";

constexpr char kSameGrant[] = "SELECT 1 FROM grants WHERE grant_id = ?1 AND generation = ?2 AND sealed = ?3";

std::optional<Blob> blob(const SealedBytes& sealed)
{
  return sealed.empty() ? std::nullopt : std::optional(Blob{sealed.bytes});
}

std::int64_t seconds(WallTime time) { return time.time_since_epoch().count(); }

template <class Id> std::optional<std::int64_t> optional_number(std::optional<Id> id)
{
  return id ? std::optional(number(*id)) : std::nullopt;
}

}  // namespace

RowWriter::RowWriter(Database& database)
    : client_(database, kClient),
      grant_(database, kGrant),
      head_(database, kHead),
      account_(database, kAccount),
      token_(database, kToken),
      attempt_(database, kAttempt),
      account_used_(database, "UPDATE accounts SET last_used_day = ?2 WHERE account_id = ?1"),
      drop_grant_(database, "DELETE FROM grants WHERE grant_id = ?1"),
      drop_tokens_(database, "DELETE FROM access_tokens WHERE grant_id = ?1"),
      drop_token_(database, "DELETE FROM access_tokens WHERE token_id = ?1"),
      drop_attempt_(database, "DELETE FROM attempts WHERE grant_id = ?1"),
      drop_account_(database, "DELETE FROM accounts WHERE account_id = ?1"),
      drop_client_(database, "DELETE FROM clients WHERE client_row = ?1"),
      set_aside_(database, kSetAside),
      forget_aside_(database, kForgetAside),
      purge_(database, "DELETE FROM quarantine WHERE at < ?1"),
      current_(database, kCurrent),
      same_grant_(database, kSameGrant)
{
}

bool RowWriter::holds(const Precondition& when)
{
  current_.start(number(when.grant));
  bool holds = false;
  while (current_.step())
    holds = current_.integer(0) == number(when.generation) &&
            (!when.attempt || current_.optional_integer(1) == number(*when.attempt));
  return holds;
}

bool RowWriter::arrived(const Unit& unit)
{
  bool found = false;
  for (const Change& change : unit.changes) {
    const auto* row = std::get_if<GrantRow>(&change);
    if (row == nullptr || row->sealed.empty()) continue;
    same_grant_.start(number(row->id), number(row->generation), blob(row->sealed));
    while (same_grant_.step()) found = true;
  }
  return found;
}

void RowWriter::apply(const Change& change)
{
  std::visit([this](const auto& row) { write(row); }, change);
}

void RowWriter::write(const ClientRow& row)
{
  client_.run(number(row.id), std::string_view(row.issuer), std::string_view(row.client_id), blob(row.secret));
}

void RowWriter::write(const GrantRow& row)
{
  grant_.run(number(row.id), std::int64_t{static_cast<int>(row.status)}, number(row.client), number(row.generation),
             seconds(row.consented), seconds(row.rotated), Blob{row.binding}, blob(row.sealed));
  head_.run(number(row.id), Blob{row.head});
}

void RowWriter::write(const AccountRow& row)
{
  account_.run(number(row.id), std::string_view(row.name), optional_number(row.grant), optional_number(row.client),
               std::int64_t{row.origin}, row.revision, row.last_used_day, Blob{row.definition.bytes});
}

void RowWriter::write(const TokenRow& row)
{
  const auto expires = row.expires ? std::optional(seconds(*row.expires)) : std::nullopt;
  token_.run(row.id, number(row.grant), number(row.generation), expires, Blob{row.sealed.bytes});
}

void RowWriter::write(const AttemptRow& row)
{
  const auto status = row.http_status ? std::optional<std::int64_t>(*row.http_status) : std::nullopt;
  attempt_.run(number(row.grant), number(row.id), number(row.from), std::int64_t{static_cast<int>(row.kind)},
               std::int64_t{row.sends}, Blob{row.credential_tag}, seconds(row.wall),
               std::int64_t{row.boot.time_since_epoch().count()}, std::string_view(row.boot_id),
               std::int64_t{row.parse_tries}, status, blob(row.sealed));
}

void RowWriter::write(const DropGrant& drop)
{
  drop_grant_.run(number(drop.grant));
  forget_aside(QuarantineSource::kGrants, QuarantineSource::kAttempts, number(drop.grant));
}

void RowWriter::write(const AccountUsed& used) { account_used_.run(number(used.account), used.day); }
void RowWriter::write(const DropTokens& drop) { drop_tokens_.run(number(drop.grant)); }
void RowWriter::write(const DropToken& drop) { drop_token_.run(drop.id); }
void RowWriter::write(const DropAttempt& drop) { drop_attempt_.run(number(drop.grant)); }

void RowWriter::write(const DropAccount& drop)
{
  drop_account_.run(number(drop.account));
  forget_aside(QuarantineSource::kAccounts, QuarantineSource::kAccounts, number(drop.account));
}

void RowWriter::write(const DropClient& drop)
{
  drop_client_.run(number(drop.client));
  forget_aside(QuarantineSource::kClients, QuarantineSource::kClients, number(drop.client));
}

void RowWriter::write(const PurgeQuarantine& purge) { purge_.run(seconds(purge.before)); }

void RowWriter::forget_aside(QuarantineSource source, QuarantineSource or_source, std::int64_t row)
{
  forget_aside_.run(std::int64_t{static_cast<int>(source)}, std::int64_t{static_cast<int>(or_source)}, row);
}

void RowWriter::write(const QuarantineGrant& quarantine)
{
  set_aside_.run(std::int64_t{static_cast<int>(QuarantineSource::kGrants)}, number(quarantine.grant),
                 std::int64_t{static_cast<int>(quarantine.cause)}, seconds(quarantine.at));
}

}  // namespace tokend
