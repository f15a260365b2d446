#include "daemon/adapters/store_loading.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "daemon/adapters/schema.hpp"
#include "daemon/adapters/stored_numbers.hpp"

namespace tokend {
namespace {

constexpr std::size_t kHashBytes = 32;

// Reads the tables in the order in which they depend on each other.
class Loader {
 public:
  explicit Loader(Database& database) : database_(&database) {}

  LoadedRows load()
  {
    load_clients();
    load_grants();
    load_heads_without_grant();
    load_accounts();
    load_tokens();
    load_attempts();
    load_highest_ids();
    return std::move(rows_);
  }

 private:
  void load_clients();
  void load_grants();
  void load_heads_without_grant();
  void load_accounts();
  void load_tokens();
  void load_attempts();
  void load_highest_ids();

  void skip(std::string table, std::int64_t id, std::string why)
  {
    rows_.damaged.push_back({std::move(table), id, std::move(why)});
  }
  bool has(GrantId grant) const { return grants_.contains(grant); }

  Database* database_;
  LoadedRows rows_;
  std::set<ClientId> clients_;
  std::set<GrantId> grants_, there_;  // that are served; whose row is there
};

bool is_between(std::int64_t value, int least, int most) { return value >= least && value <= most; }

template <class Id> std::optional<Id> optional_id(std::optional<std::int64_t> number)
{
  return number ? std::optional(Id{*number}) : std::nullopt;
}

void Loader::load_clients()
{
  Statement query(*database_, "SELECT client_row, issuer, client_id, sealed FROM clients ORDER BY client_row");
  query.start();
  while (query.step()) {
    ClientRow row{.id = ClientId{query.integer(0)},
                  .issuer = query.bytes(1),
                  .client_id = query.bytes(2),
                  .secret = {query.bytes(3)}};
    clients_.insert(row.id);
    rows_.snapshot.clients.push_back(std::move(row));
  }
}

void Loader::load_grants()
{
  Statement query(*database_,
                  "SELECT grants.grant_id, status, client_row, generation, consented_at, rotated_at, binding, sealed,"
                  " head FROM grants LEFT JOIN heads USING (grant_id) ORDER BY grants.grant_id");
  query.start();
  while (query.step()) {
    GrantRow row{.id = GrantId{query.integer(0)},
                 .status = static_cast<GrantStatus>(query.integer(1)),
                 .client = ClientId{query.integer(2)},
                 .generation = Generation{query.integer(3)},
                 .consented = stored_wall_time(query.integer(4)),
                 .rotated = stored_wall_time(query.integer(5)),
                 .binding = query.bytes(6),
                 .sealed = {query.bytes(7)},
                 .head = query.bytes(8)};
    there_.insert(row.id);
    if (!is_between(query.integer(1), 1, 4) || number(row.generation) < 0)
      skip("grants", number(row.id), "its status or generation cannot be");
    else if (row.binding.size() != kHashBytes) skip("grants", number(row.id), "its binding has not 32 bytes");
    else if (!clients_.contains(row.client)) skip("grants", number(row.id), "its client is missing");
    else {
      grants_.insert(row.id);
      rows_.snapshot.grants.push_back(std::move(row));  // a missing head does not hold: the vault says so
    }
  }
}

void Loader::load_heads_without_grant()
{
  Statement query(*database_, "SELECT grant_id FROM heads WHERE grant_id NOT IN (SELECT grant_id FROM grants)");
  query.start();
  while (query.step()) skip("heads", query.integer(0), "its grant was deleted by someone else than tokend");
}

void Loader::load_accounts()
{
  Statement query(*database_,
                  "SELECT account_id, name, grant_id, client_row, origin, revision, last_used_day, definition"
                  " FROM accounts ORDER BY account_id");
  query.start();
  while (query.step()) {
    AccountRow row{.id = AccountId{query.integer(0)},
                   .name = query.bytes(1),
                   .grant = optional_id<GrantId>(query.optional_integer(2)),
                   .client = optional_id<ClientId>(query.optional_integer(3)),
                   .origin = static_cast<int>(query.integer(4)),
                   .revision = query.integer(5),
                   .last_used_day = stored_day(query.integer(6)),
                   .definition = {query.bytes(7)}};
    if (row.name.empty() || row.revision < 0 || !is_between(query.integer(4), 1, 2)) {
      skip("accounts", number(row.id), "its name, origin or revision cannot be");
      rows_.snapshot.lost_accounts.push_back({row.id, row.name, row.grant, row.client});
      continue;
    }
    if (row.grant && !there_.contains(*row.grant)) row.grant.reset();  // named above; the account needs a login
    if (row.client && !clients_.contains(*row.client)) row.client.reset();
    rows_.snapshot.accounts.push_back(std::move(row));
  }
}

void Loader::load_tokens()
{
  Statement query(*database_,
                  "SELECT token_id, grant_id, generation, expires_at, sealed FROM access_tokens ORDER BY token_id");
  query.start();
  while (query.step()) {
    TokenRow row{.id = query.integer(0),
                 .grant = GrantId{query.integer(1)},
                 .generation = Generation{query.integer(2)},
                 .sealed = {query.bytes(4)}};
    if (const auto expires = query.optional_integer(3)) row.expires = stored_wall_time(*expires);
    if (!has(row.grant) || number(row.generation) < 0 || row.sealed.empty())
      skip("access_tokens", row.id, has(row.grant) ? "its generation or seal cannot be" : "its grant is not served");
    else rows_.snapshot.tokens.push_back(std::move(row));
  }
}

void Loader::load_attempts()
{
  Statement query(*database_,
                  "SELECT grant_id, attempt, generation, kind, sends, credential_tag, wall_at, boot_at, boot_id,"
                  " parse_tries, http_status, sealed FROM attempts ORDER BY grant_id");
  query.start();
  while (query.step()) {
    AttemptRow row{.grant = GrantId{query.integer(0)},
                   .id = AttemptId{query.integer(1)},
                   .from = Generation{query.integer(2)},
                   .kind = static_cast<AttemptKind>(query.integer(3)),
                   .sends = stored_count(query.integer(4)),
                   .credential_tag = query.bytes(5),
                   .wall = stored_wall_time(query.integer(6)),
                   .boot = stored_boot_time(query.integer(7)),
                   .boot_id = query.bytes(8),
                   .parse_tries = stored_count(query.integer(9)),
                   .sealed = {query.bytes(11)}};
    if (const auto status = query.optional_integer(10)) row.http_status = stored_count(*status);
    if (!has(row.grant) || !is_between(query.integer(3), 1, 4) || number(row.from) < 0)
      skip("attempts", number(row.grant), has(row.grant) ? "its kind cannot be" : "its grant is not served");
    else rows_.snapshot.attempts.push_back(std::move(row));
  }
}

// A row may be gone and another still name it.
void Loader::load_highest_ids()
{
  const auto highest = [this](const char* ids) {
    return database_->integer(fmt::format("SELECT coalesce(max(id), 0) FROM ({})", ids).c_str());
  };
  rows_.snapshot.highest = {
      .client = ClientId{highest("SELECT max(client_row) AS id FROM clients UNION ALL"
                                 " SELECT max(client_row) FROM grants UNION ALL"
                                 " SELECT max(client_row) FROM accounts UNION ALL"
                                 " SELECT max(row_id) FROM quarantine WHERE source = 3")},
      .grant =
          GrantId{highest("SELECT max(grant_id) AS id FROM grants UNION ALL SELECT max(grant_id) FROM heads UNION ALL"
                          " SELECT max(grant_id) FROM accounts UNION ALL"
                          " SELECT max(grant_id) FROM access_tokens UNION ALL"
                          " SELECT max(grant_id) FROM attempts UNION ALL"
                          " SELECT max(row_id) FROM quarantine WHERE source IN (1, 5)")},
      .account = AccountId{highest("SELECT max(account_id) AS id FROM accounts UNION ALL"
                                   " SELECT max(row_id) FROM quarantine WHERE source = 2")},
      .token = highest("SELECT max(token_id) AS id FROM access_tokens UNION ALL"
                       " SELECT max(row_id) FROM quarantine WHERE source = 4")};
}

struct SealedColumn {
  QuarantineSource source;
  std::string_view table;
  std::string_view id;
  std::string_view sealed;
};
constexpr SealedColumn kSealedColumns[] = {
    {QuarantineSource::kGrants, "grants", "grant_id", "sealed"},
    {QuarantineSource::kAccounts, "accounts", "account_id", "definition"},
    {QuarantineSource::kClients, "clients", "client_row", "sealed"},
    {QuarantineSource::kAccessTokens, "access_tokens", "token_id", "sealed"},
    {QuarantineSource::kAttempts, "attempts", "grant_id", "sealed"},
};

}  // namespace

LoadedRows load_rows(Database& database) { return Loader(database).load(); }

void purge_quarantine(Database& database, WallTime now)
try {
  const std::int64_t before = (now - kQuarantineKept).time_since_epoch().count();
  const std::string old = fmt::format("FROM quarantine WHERE at < {}", before);
  if (database.integer(("SELECT count(*) " + old).c_str()) > 0) database.execute(("DELETE " + old).c_str());
} catch (const DatabaseFailure&) {
  return;  // there is another day
}

void set_aside(Database& database, const std::vector<DamagedRow>& rows, WallTime now)
{
  Transaction transaction(database);
  for (const DamagedRow& row : rows) {
    const auto* column = std::ranges::find(kSealedColumns, row.table, &SealedColumn::table);
    if (column == std::end(kSealedColumns)) continue;
    const std::string sql = fmt::format(
        "INSERT INTO quarantine (source, row_id, generation, binding, cause, at, sealed)"
        " SELECT ?1, {1}, 0, x'', ?3, ?4, CAST({2} AS BLOB) FROM {0} WHERE {1} = ?2 AND {2} IS NOT NULL"
        " ON CONFLICT DO NOTHING",
        column->table, column->id, column->sealed);
    Statement(database, sql.c_str())
        .run(std::int64_t{static_cast<int>(column->source)}, row.id,
             std::int64_t{static_cast<int>(QuarantineCause::kUnreadable)},
             std::int64_t{now.time_since_epoch().count()});
  }
  transaction.commit();
}

}  // namespace tokend
