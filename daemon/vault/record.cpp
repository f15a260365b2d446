#include "daemon/vault/record.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "daemon/vault/blake2b.hpp"
#include "daemon/vault/canonical.hpp"

namespace tokend {
namespace {

constexpr char kVersion = 0x01;
constexpr std::size_t kEpochAt = 1;
constexpr std::size_t kNonceAt = kEpochAt + 4;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kCiphertextAt = kNonceAt + kNonceBytes;
constexpr std::size_t kPadBlock = 64;
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kRecordTagBytes);
static_assert(kNonceBytes == 24);

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

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
  if (sodium_pad(&padded_size, raw(bytes), plaintext.size(), kPadBlock, bytes.size()) != 0 || padded_size != size)
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

}  // namespace

std::string_view name(RecordKind kind)
{
  switch (kind) {
    case RecordKind::kRefresh:
      return "refresh";
    case RecordKind::kAccess:
      return "access";
    case RecordKind::kDpopKey:
      return "dpop_key";
    case RecordKind::kJournal:
      return "journal";
    case RecordKind::kQuarantine:
      return "quarantine";
    case RecordKind::kSpill:
      return "spill";
    case RecordKind::kClientSecret:
      return "client_secret";
    case RecordKind::kClientKey:
      return "client_key";
    case RecordKind::kRegistrationToken:
      return "registration_token";
    case RecordKind::kDefinition:
      return "definition";
  }
  throw std::invalid_argument("no such record kind");
}

SealedBytes seal(const RecordKey& key, const RecordContext& context, const Secret& plaintext, Random& random)
{
  const std::string data = associated_data(key, context);
  const Secret message = padded(plaintext);
  std::string record(kCiphertextAt + message.size() + kRecordTagBytes, '\0');
  record[0] = kVersion;
  little_endian(key.epoch).copy(&record[kEpochAt], sizeof key.epoch);
  random.fill(std::as_writable_bytes(std::span(&record[kNonceAt], kNonceBytes)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(record) + kCiphertextAt, nullptr, raw(message.reveal()),
                                             message.size(), raw(data), data.size(), nullptr, raw(record) + kNonceAt,
                                             key.key.data());
  return {std::move(record)};
}

Result<Secret> open(const RecordKey& key, const RecordContext& context, const SealedBytes& sealed)
{
  const std::string_view record = sealed.bytes;
  if (record.size() < kCiphertextAt + kPadBlock + kRecordTagBytes) return unreadable(context, "it is cut short");
  if (record[0] != kVersion) return unreadable(context, "its format is not known");
  if (record.substr(kEpochAt, sizeof key.epoch) != little_endian(key.epoch))
    return unreadable(context, "it was sealed under another master key");

  const std::string data = associated_data(key, context);
  std::string bytes(record.size() - kCiphertextAt - kRecordTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(bytes), nullptr, nullptr, raw(record) + kCiphertextAt,
                                                 record.size() - kCiphertextAt, raw(data), data.size(),
                                                 raw(record) + kNonceAt, key.key.data()) != 0)
    return unreadable(context, "it was changed, or sealed for another place");
  std::size_t size = 0;
  if (sodium_unpad(&size, raw(bytes), bytes.size(), kPadBlock) != 0) {
    wipe(bytes);
    return unreadable(context, "its padding is wrong");
  }
  bytes.resize(size);
  return Secret(std::move(bytes));
}

std::string_view record_tag(const SealedBytes& sealed)
{
  const std::string_view record = sealed.bytes;
  return record.substr(record.size() - std::min(record.size(), kRecordTagBytes));
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
