#include "daemon/core/pkce.hpp"

#include <sodium.h>

#include "daemon/core/base64url.hpp"

namespace tokend {

std::string s256_challenge(std::string_view verifier)
{
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
  return base64url_encode(hash);
}

Pkce make_pkce(std::span<const std::byte, 32> random)
{
  Secret verifier(base64url_encode({reinterpret_cast<const char*>(random.data()), random.size()}));
  std::string challenge = s256_challenge(verifier.reveal());
  return {std::move(verifier), std::move(challenge)};
}

}  // namespace tokend
