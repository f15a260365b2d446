// Rows in, rows out. The store never sees plaintext (the vault seals before and opens after) and speaks no SQL here.
// A commit is a Unit: full row images, all or nothing, durable when the answer says so. Units are idempotent.
// Real: adapters/sqlite_token_store (one thread). In the simulator: rows that a crash may or may not have kept.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/ports/ids.hpp"
#include "daemon/ports/time.hpp"
#include "proto/result.hpp"

namespace tokend {

struct SealedBytes {
  std::string bytes;  // a sealed record (docs/DESIGN.md); empty: there is none
  bool empty() const { return bytes.empty(); }
};

// Persisted numbers: never change one, never reuse one.
enum class GrantStatus : int { kPending = 1, kLive = 2, kDead = 3, kRetired = 4 };
enum class AttemptKind : int { kRefresh = 1, kCode = 2, kDevice = 3, kClientCredentials = 4 };
enum class QuarantineCause : int { kRefused = 1, kHeadMismatch = 2, kUnreadable = 3 };

inline constexpr std::chrono::days kQuarantineKept{30};

struct VaultRow {           // exactly one
  std::string database_id;  // 16 bytes
  std::uint32_t epoch = 1;
};
struct SlotRow {
  std::int64_t id = 0;
  int kind = 0;  // 1 keyfile, 2 credential, 3 passphrase, 4 secret_service
  std::uint32_t epoch = 1;
  std::string params;
  std::string commitment;  // 32 bytes
  std::string wrapped;     // nonce24 || ciphertext || tag16
};
struct ClientRow {
  ClientId id{};
  std::string issuer;  // issuer, or the token endpoint's origin where none is known
  std::string client_id;
  SealedBytes secret;  // record kind client_secret, owner = id
};
struct GrantRow {
  GrantId id{};
  GrantStatus status = GrantStatus::kPending;
  ClientId client{};
  Generation generation{};
  WallTime consented{}, rotated{};
  std::string binding;  // 32 bytes, docs/DESIGN.md: issuer, token origin, client and auth method that the secret is for
  SealedBytes sealed;   // record kind refresh, owner = id; empty while pending
  std::string head;     // 32 bytes; kept in a table of its own
};
struct AccountRow {
  AccountId id{};
  std::string name;
  std::optional<GrantId> grant;
  std::optional<ClientId> client;
  int origin = 1;                  // 1: add, 2: apply
  std::int64_t revision = 1;       // of the definition: its record's generation
  std::int64_t last_used_day = 0;  // days since 1970; written lazily
  SealedBytes definition;          // record kind definition, owner = id
};
struct TokenRow {
  std::int64_t id = 0;  // unique among all tokens; chosen by the broker
  GrantId grant{};
  Generation generation{};
  std::optional<WallTime> expires;
  SealedBytes sealed;  // record kind access, owner = grant
};
struct AttemptRow {  // at most one per grant: the journal of S2 and S6
  GrantId grant{};
  AttemptId id{};
  Generation from{};
  AttemptKind kind = AttemptKind::kRefresh;
  int sends = 0;
  std::string credential_tag;  // keyed fingerprint of the credential that is spent
  WallTime wall{};
  BootTime boot{};
  std::string boot_id;
  int parse_tries = 0;
  std::optional<int> http_status;  // set: `sealed` holds the raw reply too
  SealedBytes sealed;              // record kind journal, owner = grant
};

struct DropGrant {
  GrantId grant;
};  // with its tokens, head and attempt, and what was set aside of it
struct DropTokens {
  GrantId grant;
};
struct DropToken {
  std::int64_t id;
};
struct DropAttempt {
  GrantId grant;
};
struct AccountUsed {  // nothing else of its row
  AccountId account;
  std::int64_t day = 0;
};
struct DropAccount {  // and what was set aside of it
  AccountId account;
};
struct DropClient {  // likewise
  ClientId client;
};
struct QuarantineGrant {
  GrantId grant;
  QuarantineCause cause;
  WallTime at;
};  // copies the sealed record aside
struct PurgeQuarantine {
  WallTime before;
};  // of what was set aside earlier

using Change = std::variant<ClientRow, GrantRow, AccountRow, AccountUsed, TokenRow, AttemptRow, DropGrant, DropTokens,
                            DropToken, DropAttempt, DropAccount, DropClient, QuarantineGrant, PurgeQuarantine>;

struct Precondition {  // the unit is dropped as kStale unless the grant is at this generation with this attempt
  GrantId grant{};
  Generation generation{};
  std::optional<AttemptId> attempt;
};
enum class Room {
  kOrdinary,
  kIntent,    // taken only while what will follow is sure to find room: a probe
  kPrecious,  // may have the room that was kept for it: it cannot be had again
};
struct Unit {
  std::vector<Change> changes;
  std::optional<Precondition> when = {};
  Room room = Room::kOrdinary;
};

enum class DiskTrouble { kFull, kIo, kReadOnly, kCorrupt, kStale };
using Committed = std::expected<void, DiskTrouble>;

struct HighestIds {  // of all rows, also of those that cannot be read or were set aside: what is new comes after them
  ClientId client{};
  GrantId grant{};
  AccountId account{};
  std::int64_t token = 0;
};
struct LostAccount {  // its row cannot be read, and stays: the name is taken
  AccountId id{};
  std::string name;
  std::optional<GrantId> grant;
  std::optional<ClientId> client;
};
struct Snapshot {
  std::vector<ClientRow> clients;
  std::vector<GrantRow> grants;
  std::vector<AccountRow> accounts;
  std::vector<TokenRow> tokens;
  std::vector<AttemptRow> attempts;
  std::vector<LostAccount> lost_accounts = {};
  HighestIds highest = {};
};

class TokenStore {
 public:
  virtual ~TokenStore() = default;
  virtual Result<Snapshot> load() = 0;                                      // before the loop runs
  virtual void commit(Unit, std::move_only_function<void(Committed)>) = 0;  // FIFO; answers once, from a later turn
};

}  // namespace tokend
