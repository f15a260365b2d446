#include "daemon/vault/key_slot.hpp"

#include <stdexcept>

#include "daemon/vault/canonical.hpp"
#include "daemon/vault/primitives.hpp"

namespace tokend {
namespace {

constexpr std::size_t kWrappedBytes = kKeyBytes + kBoxOverhead;

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
    case SlotKind::kKeyfile: return "keyfile";
    case SlotKind::kCredential: return "credential";
    case SlotKind::kPassphrase: return "passphrase";
    case SlotKind::kSecretService: return "secret_service";
  }
  throw std::invalid_argument("no such slot kind");
}

SlotRow wrap(const MasterKey& master, const KeyEncryptionKey& kek, const SlotPlace& place, Random& random)
{
  const std::string head = header(place);
  const std::string commitment = blake2b_256(head, derive_subkey(kek, SlotSubkey::kCommitment));
  const Key wrapping = derive_subkey(kek, SlotSubkey::kWrapping);
  return {.id = place.id,
          .kind = static_cast<int>(place.kind),
          .epoch = place.epoch,
          .params = place.params,
          .commitment = commitment,
          .wrapped = encrypt(wrapping, head + commitment, master.key.view(), random)};
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

  const Key wrapping = derive_subkey(kek, SlotSubkey::kWrapping);
  LockedBytes master(kKeyBytes);
  if (!decrypt(wrapping, head + commitment, row.wrapped, master.writable()))
    return std::unexpected(SlotTrouble::kDamaged);
  return MasterKey{Key(std::move(master))};
}

}  // namespace tokend
