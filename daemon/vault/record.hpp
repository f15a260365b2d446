// A sealed record, byte for byte:
//   record    = 0x01 || u32 epoch || nonce24 || ciphertext || tag16          XChaCha20-Poly1305, integers little-endian
//   plaintext = sodium_pad'ded to a multiple of 64
//   AAD       = "tokend-rec-v1\0" || lp(database id) || lp(epoch) || lp(kind) || lp(row) || lp(owner)
//               || lp(generation) || lp(binding)
// kind is its ASCII name; an access token's kind is "access" || token_key_hash(). No account name is in it: accounts
// share grants and are renamed. This page knows no keys' origin and no rows; vault.hpp says which record is whose.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/core/token_key.hpp"
#include "daemon/ports/random.hpp"
#include "daemon/ports/token_store.hpp"
#include "daemon/vault/keys.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

enum class RecordKind {
  kRefresh,
  kAccess,
  kDpopKey,
  kJournal,
  kQuarantine,
  kSpill,
  kClientSecret,
  kClientKey,
  kRegistrationToken,
  kDefinition,
};
std::string_view name(RecordKind);  // persisted inside every seal: never change one

struct RecordContext {
  RecordKind kind;
  std::uint64_t row = 0;
  std::uint64_t owner = 0;  // grant, client or account, by kind: see vault.cpp
  std::uint64_t generation = 0;
  std::string_view binding = {};         // empty without a grant
  std::string_view token_key_hash = {};  // 32 bytes for kAccess, empty for all others
};

struct RecordKey {
  std::string database_id;  // 16 bytes
  std::uint32_t epoch = 1;
  Key key;
};

SealedBytes seal(const RecordKey&, const RecordContext&, const Secret& plaintext, Random&);
Result<Secret> open(const RecordKey&, const RecordContext&, const SealedBytes&);  // fails: kInternal, "unreadable"

// The authentication tag at the record's end, which stands for the whole record; empty without a record.
std::string_view record_tag(const SealedBytes&);

// BLAKE2b-256(lp(lp(scope)...) || lp(resource) || lp(audience)), scopes in bytewise order, each once.
std::string token_key_hash(const TokenKey&);

}  // namespace tokend
