#include "daemon/vault/record.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "daemon/vault/canonical.hpp"
#include "daemon/vault/primitives.hpp"

namespace tokend {
namespace {

constexpr char kVersion = 0x01;
constexpr std::size_t kEpochAt = 1;
constexpr std::size_t kBoxAt = kEpochAt + sizeof(RecordKey::epoch);
constexpr std::size_t kPadBlock = 64;

std::string associated_data(const RecordKey& key, const RecordContext& context)
{
  std::string data(label("tokend-rec-v1"));
  append_lp(data, key.database_id);
  append_lp(data, key.epoch);
  append_lp(data, std::string(name(context.kind)).append(context.token_key_hash));
  append_lp(data, context.row);
  append_lp(data, context.owner);
  append_lp(data, context.generation);
  append_lp(data, context.binding);
  return data;
}

Secret padded(const Secret& plaintext)
{
  const std::size_t size = (plaintext.size() / kPadBlock + 1) * kPadBlock;
  std::string bytes(size, '\0');
  plaintext.reveal().copy(bytes.data(), plaintext.size());
  std::size_t padded_size = 0;
  if (sodium_pad(&padded_size, reinterpret_cast<unsigned char*>(bytes.data()), plaintext.size(), kPadBlock,
                 bytes.size()) != 0 ||
      padded_size != size)
    throw std::logic_error("sodium_pad found no room");
  return Secret(std::move(bytes));
}

std::unexpected<Error> unreadable(const RecordContext& context, std::string_view why)
{
  return fail(
      Error{.code = ErrorCode::kInternal,
            .reason = fmt::format("the {} record of row {} cannot be opened: {}", name(context.kind), context.row, why),
            .cause = "unreadable"});
}

Result<Secret> unpadded(const Secret& padded, const RecordContext& context)
{
  const std::string_view bytes = padded.reveal();
  std::size_t size = 0;
  if (sodium_unpad(&size, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kPadBlock) != 0)
    return unreadable(context, "its padding is wrong");
  return Secret(std::string(bytes.substr(0, size)));
}

}  // namespace

std::string_view name(RecordKind kind)
{
  switch (kind) {
    case RecordKind::kRefresh: return "refresh";
    case RecordKind::kAccess: return "access";
    case RecordKind::kDpopKey: return "dpop_key";
    case RecordKind::kJournal: return "journal";
    case RecordKind::kQuarantine: return "quarantine";
    case RecordKind::kSpill: return "spill";
    case RecordKind::kClientSecret: return "client_secret";
    case RecordKind::kClientKey: return "client_key";
    case RecordKind::kRegistrationToken: return "registration_token";
    case RecordKind::kDefinition: return "definition";
  }
  throw std::invalid_argument("no such record kind");
}

SealedBytes seal(const RecordKey& key, const RecordContext& context, const Secret& plaintext, Random& random)
{
  std::string record(1, kVersion);
  record += little_endian(key.epoch);
  record += encrypt(key.key, associated_data(key, context), padded(plaintext).reveal(), random);
  return {std::move(record)};
}

Result<Secret> open(const RecordKey& key, const RecordContext& context, const SealedBytes& sealed)
{
  const std::string_view record = sealed.bytes;
  if (record.size() < kBoxAt + kBoxOverhead + kPadBlock) return unreadable(context, "it is cut short");
  if (record[0] != kVersion) return unreadable(context, "its format is not known");
  if (record.substr(kEpochAt, sizeof key.epoch) != little_endian(key.epoch))
    return unreadable(context, "it was sealed under another master key");

  const std::string_view box = record.substr(kBoxAt);
  std::string bytes(box.size() - kBoxOverhead, '\0');
  if (!decrypt(key.key, associated_data(key, context), box, bytes))
    return unreadable(context, "it was changed, or sealed for another place");
  return unpadded(Secret(std::move(bytes)), context);
}

std::string_view record_tag(const SealedBytes& sealed)
{
  const std::string_view record = sealed.bytes;
  return record.substr(record.size() - std::min(record.size(), kTagBytes));
}

std::string token_key_hash(const TokenKey& key)
{
  std::vector<std::string_view> scopes(key.scopes.begin(), key.scopes.end());
  std::ranges::sort(scopes);
  const auto repeated = std::ranges::unique(scopes);
  scopes.erase(repeated.begin(), repeated.end());

  std::string scope_list;
  for (const std::string_view scope : scopes) append_lp(scope_list, scope);
  std::string message;
  append_lp(message, scope_list);
  append_lp(message, key.resource);
  append_lp(message, key.audience);
  return blake2b_256(message);
}

}  // namespace tokend
