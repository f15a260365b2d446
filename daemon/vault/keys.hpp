// The keys of the vault: 256 bits each, in locked memory, move-only, wiped when they go.
//   key encryption key --(key slot)--> master key --(subkeys)--> records, heads, fingerprints
// Where a key encryption key comes from (file, credential, passphrase) is the adapters' business.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/ports/random.hpp"
#include "daemon/vault/locked_bytes.hpp"
#include "proto/secret.hpp"

namespace tokend {

inline constexpr std::size_t kKeyBytes = 32;

class Key {
 public:
  Key() : bytes_(kKeyBytes) {}  // zero, to be filled
  explicit Key(LockedBytes);    // exactly kKeyBytes
  static Key random(Random&);

  const unsigned char* data() const { return reinterpret_cast<const unsigned char*>(bytes_.view().data()); }
  unsigned char* writable() { return reinterpret_cast<unsigned char*>(bytes_.writable().data()); }
  std::string_view view() const { return bytes_.view(); }

 private:
  LockedBytes bytes_;
};

struct MasterKey {
  Key key;
};
struct KeyEncryptionKey {
  Key key;
};

// Purposes of the master key's subkeys. Persisted numbers: never change one, never reuse one.
enum class Subkey : std::uint64_t { kRecords = 1, kHeads = 2, kFingerprints = 3 };

MasterKey create_master_key(Random&);
Key derive_subkey(const MasterKey&, Subkey);

// Purposes of a key encryption key's subkeys in a slot.
enum class SlotSubkey : std::uint64_t { kWrapping = 1, kCommitment = 2 };
Key derive_subkey(const KeyEncryptionKey&, SlotSubkey);

// The contents of a key file or credential: exactly 32 raw bytes, or `tokend-kek-v1 BASE64URL` with at most one
// newline behind it. Anything else is refused, never hashed into a key.
std::optional<KeyEncryptionKey> parse_key_encryption_key(std::string_view contents);
Secret format_key_encryption_key(const KeyEncryptionKey&);  // the text form, with its newline

}  // namespace tokend
