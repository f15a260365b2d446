#include "daemon/vault/vault.hpp"

#include <stdexcept>

#include "daemon/vault/fingerprint.hpp"
#include "daemon/vault/heads.hpp"

namespace tokend {
namespace {

template <class Id> std::uint64_t unsigned_number(Id id) { return static_cast<std::uint64_t>(number(id)); }

RecordContext of_grant(RecordKind kind, const GrantContext& context)
{
  return {.kind = kind,
          .row = unsigned_number(context.grant),
          .owner = unsigned_number(context.grant),
          .generation = unsigned_number(context.generation),
          .binding = context.binding.bytes};
}

RecordContext of_token(const GrantContext& context, std::int64_t token_id, std::string_view key_hash)
{
  RecordContext record = of_grant(RecordKind::kAccess, context);
  record.row = static_cast<std::uint64_t>(token_id);
  record.token_key_hash = key_hash;
  return record;
}

RecordContext of_client(ClientId client)
{
  return {.kind = RecordKind::kClientSecret, .row = unsigned_number(client), .owner = unsigned_number(client)};
}

RecordContext of_account(AccountId account, std::int64_t revision)
{
  return {.kind = RecordKind::kDefinition,
          .row = unsigned_number(account),
          .owner = unsigned_number(account),
          .generation = static_cast<std::uint64_t>(revision)};
}

}  // namespace

Vault::Vault(const VaultRow& row, const MasterKey& master, Random& random) : row_(row), random_(&random)
{
  unlock(master);
}

void Vault::lock() { keys_.reset(); }

void Vault::unlock(const MasterKey& master)
{
  keys_.emplace(RecordKey{row_.database_id, row_.epoch, derive_subkey(master, Subkey::kRecords)},
                derive_subkey(master, Subkey::kHeads), derive_subkey(master, Subkey::kFingerprints));
}

const Vault::Keys& Vault::keys() const
{
  if (!keys_) throw std::logic_error("a secret was to be sealed while the vault is locked");
  return *keys_;
}

SealedBytes Vault::seal_refresh(const GrantContext& context, const Secret& refresh_token)
{
  return seal(of_grant(RecordKind::kRefresh, context), refresh_token);
}

Result<Secret> Vault::open_refresh(const GrantContext& context, const SealedBytes& sealed) const
{
  return open(of_grant(RecordKind::kRefresh, context), sealed);
}

SealedBytes Vault::seal_access(const GrantContext& context, std::int64_t token_id, const TokenKey& key,
                               const Secret& token)
{
  const std::string hash = token_key_hash(key);
  return seal(of_token(context, token_id, hash), token);
}

Result<Secret> Vault::open_access(const GrantContext& context, std::int64_t token_id, const TokenKey& key,
                                  const SealedBytes& sealed) const
{
  const std::string hash = token_key_hash(key);
  return open(of_token(context, token_id, hash), sealed);
}

SealedBytes Vault::seal_journal(const GrantContext& context, const Secret& entry)
{
  return seal(of_grant(RecordKind::kJournal, context), entry);
}

Result<Secret> Vault::open_journal(const GrantContext& context, const SealedBytes& sealed) const
{
  return open(of_grant(RecordKind::kJournal, context), sealed);
}

SealedBytes Vault::seal_client_secret(ClientId client, const Secret& secret) { return seal(of_client(client), secret); }

Result<Secret> Vault::open_client_secret(const Destination&, ClientId client, const SealedBytes& sealed) const
{
  return open(of_client(client), sealed);
}

Result<SealedBytes> Vault::move_client_secret(ClientId from, ClientId to, const SealedBytes& sealed)
{
  const auto secret = open(of_client(from), sealed);
  if (!secret) return fail(secret.error());
  return seal_client_secret(to, *secret);
}

SealedBytes Vault::seal_definition(AccountId account, std::int64_t revision, const Secret& definition)
{
  return seal(of_account(account, revision), definition);
}

Result<Secret> Vault::open_definition(AccountId account, std::int64_t revision, const SealedBytes& sealed) const
{
  return open(of_account(account, revision), sealed);
}

std::string Vault::head_of(GrantId grant, Generation generation, const SealedBytes& refresh) const
{
  return head(keys().heads, grant, generation, record_tag(refresh));
}

bool Vault::check_head(const GrantRow& row) const
{
  return constant_time_equal(head_of(row.id, row.generation, row.sealed), row.head);
}

std::string Vault::fingerprint(const Secret& credential) const
{
  return tokend::fingerprint(keys().fingerprints, credential.reveal());
}

SealedBytes Vault::seal(const RecordContext& context, const Secret& plaintext)
{
  return tokend::seal(keys().records, context, plaintext, *random_);
}

Result<Secret> Vault::open(const RecordContext& context, const SealedBytes& sealed) const
{
  if (!keys_)
    return fail(Error{.code = ErrorCode::kLocked, .reason = "the vault is locked", .next = "tokenctl unlock"});
  return tokend::open(keys_->records, context, sealed);
}

}  // namespace tokend
