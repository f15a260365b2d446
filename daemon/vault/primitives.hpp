// The two primitives under every format of the vault: BLAKE2b-256, plain and keyed, and XChaCha20-Poly1305 as the
// byte string nonce24 || ciphertext || tag16. What is hashed or authenticated is the formats' business.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "daemon/ports/random.hpp"
#include "daemon/vault/keys.hpp"

namespace tokend {

std::string blake2b_256(std::string_view message);
std::string blake2b_256(std::string_view message, const Key&);

inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kBoxOverhead = kNonceBytes + kTagBytes;

// A random nonce each time: 192 bits never meet by chance.
std::string encrypt(const Key&, std::string_view associated_data, std::string_view plaintext, Random&);

// `plaintext` must be box.size() - kBoxOverhead long. False, and `plaintext` zero, when key, associated data or box
// are not those of the encryption.
bool decrypt(const Key&, std::string_view associated_data, std::string_view box, std::span<char> plaintext);

}  // namespace tokend
