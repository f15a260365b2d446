#include "daemon/vault/blake2b.hpp"

#include <sodium.h>

namespace tokend {
namespace {

constexpr std::size_t kDigestBytes = 32;

std::string digest(std::string_view message, const unsigned char* key, std::size_t key_size)
{
  std::string out(kDigestBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(), key, key_size);
  return out;
}

}  // namespace

std::string blake2b_256(std::string_view message) { return digest(message, nullptr, 0); }

std::string blake2b_256(std::string_view message, const Key& key) { return digest(message, key.data(), kKeyBytes); }

}  // namespace tokend
