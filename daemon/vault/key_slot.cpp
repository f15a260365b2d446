#include "daemon/vault/key_slot.hpp"

#include <sodium.h>

#include <stdexcept>

#include "daemon/vault/blake2b.hpp"
#include "daemon/vault/canonical.hpp"

namespace tokend {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kWrappedBytes = kNonceBytes + kKeyBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

bool known(int kind)
{
  return kind >= static_cast<int>(SlotKind::kKeyfile) && kind <= static_cast<int>(SlotKind::kSecretService);
}

std::string header(const SlotPlace& place)
{
  std::string bytes(label("tokend-slot-v1"));
  append_lp(bytes, place.database_id);
  append_lp(bytes, static_cast<std::uint64_t>(place.id));
  append_lp(bytes, name(place.kind));
  append_lp(bytes, place.params);
  append_lp(bytes, place.epoch);
  return bytes;
}

}  // namespace

std::string_view name(SlotKind kind)
{
  switch (kind) {
    case SlotKind::kKeyfile:
      return "keyfile";
    case SlotKind::kCredential:
      return "credential";
    case SlotKind::kPassphrase:
      return "passphrase";
    case SlotKind::kSecretService:
      return "secret_service";
  }
  throw std::invalid_argument("no such slot kind");
}

SlotRow wrap(const MasterKey& master, const KeyEncryptionKey& kek, const SlotPlace& place, Random& random)
{
  const std::string head = header(place);
  const std::string commitment = blake2b_256(head, derive_subkey(kek, SlotSubkey::kCommitment));
  const std::string data = head + commitment;
  const Key wrapping = derive_subkey(kek, SlotSubkey::kWrapping);
  std::string wrapped(kWrappedBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(wrapped.data(), kNonceBytes)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(wrapped) + kNonceBytes, nullptr, master.key.data(), kKeyBytes,
                                             raw(data), data.size(), nullptr, raw(wrapped), wrapping.data());
  return {.id = place.id,
          .kind = static_cast<int>(place.kind),
          .epoch = place.epoch,
          .params = place.params,
          .commitment = commitment,
          .wrapped = std::move(wrapped)};
}

std::expected<MasterKey, SlotTrouble> unwrap(const SlotRow& row, const KeyEncryptionKey& kek,
                                             std::string_view database_id)
{
  if (!known(row.kind) || row.wrapped.size() != kWrappedBytes) return std::unexpected(SlotTrouble::kDamaged);
  const std::string head = header({.database_id = std::string(database_id),
                                   .epoch = row.epoch,
                                   .id = row.id,
                                   .kind = static_cast<SlotKind>(row.kind),
                                   .params = row.params});
  const std::string commitment = blake2b_256(head, derive_subkey(kek, SlotSubkey::kCommitment));
  if (!constant_time_equal(commitment, row.commitment)) return std::unexpected(SlotTrouble::kWrongKey);

  const std::string data = head + commitment;
  const Key wrapping = derive_subkey(kek, SlotSubkey::kWrapping);
  MasterKey master;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(master.key.writable(), nullptr, nullptr,
                                                 raw(row.wrapped) + kNonceBytes, row.wrapped.size() - kNonceBytes,
                                                 raw(data), data.size(), raw(row.wrapped), wrapping.data()) != 0)
    return std::unexpected(SlotTrouble::kDamaged);
  return master;
}

}  // namespace tokend
