// A key slot: the master key wrapped by one key encryption key. Several slots wrap the same master key.
//   HDR        = "tokend-slot-v1\0" || lp(database id) || lp(slot) || lp(kind) || lp(params) || lp(epoch)
//   commitment = BLAKE2b-256(HDR, Kc)             compared first: a wrong key is told from a damaged slot
//   wrapped    = nonce24 || XChaCha20-Poly1305(master key, AAD = HDR || commitment, Kw)
// What params mean (passphrase: salt and costs) is the business of whoever makes the key encryption key.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "daemon/ports/random.hpp"
#include "daemon/ports/token_store.hpp"
#include "daemon/vault/keys.hpp"

namespace tokend {

enum class SlotKind : int { kKeyfile = 1, kCredential = 2, kPassphrase = 3, kSecretService = 4 };  // SlotRow::kind
std::string_view name(SlotKind);  // persisted inside every slot: never change one

struct SlotPlace {
  std::string database_id;  // 16 bytes
  std::uint32_t epoch = 1;  // of the master key
  std::int64_t id = 1;
  SlotKind kind = SlotKind::kKeyfile;
  std::string params = {};
};

enum class SlotTrouble {
  kWrongKey,  // the slot was made with another key
  kDamaged,   // the key is right, the slot's bytes are not; or a kind that is not known
};

SlotRow wrap(const MasterKey&, const KeyEncryptionKey&, const SlotPlace&, Random&);
std::expected<MasterKey, SlotTrouble> unwrap(const SlotRow&, const KeyEncryptionKey&, std::string_view database_id);

}  // namespace tokend
