// What the vault's tests share: a randomness that counts, and the keys that reference.py uses.
#pragma once
#include <sodium.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/vault/keys.hpp"
#include "daemon/vault/vault.hpp"

namespace tokend::test {

class CountingRandom final : public Random {
 public:
  explicit CountingRandom(unsigned char first = 0x80) : next_(first) {}
  void fill(std::span<std::byte> bytes) override
  {
    for (std::byte& byte : bytes) byte = std::byte{next_++};
  }

 private:
  unsigned char next_;
};

inline std::string counting(unsigned char first, std::size_t size)
{
  std::string bytes(size, '\0');
  CountingRandom(first).fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

inline std::string hex(std::string_view bytes)
{
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  text.pop_back();
  return text;
}

inline std::string database_id() { return counting(0x00, 16); }
inline MasterKey master_key() { return {Key(LockedBytes(counting(0x40, kKeyBytes)))}; }
inline KeyEncryptionKey key_encryption_key() { return {Key(LockedBytes(counting(0xa0, kKeyBytes)))}; }
inline VaultRow vault_row() { return {.database_id = database_id(), .epoch = 1}; }

inline Binding binding()
{
  return binding_of({.issuer = "https://issuer.example",
                     .token_origin = "https://token.example:8443",
                     .client_id = "client-1",
                     .auth_method = "basic"});
}
inline GrantContext grant_seven() { return {.grant = GrantId{7}, .generation = Generation{3}, .binding = binding()}; }
inline TokenKey token_key()
{
  return {.scopes = {"read", "write"}, .resource = "https://api.example/", .audience = "aud"};
}

}  // namespace tokend::test
