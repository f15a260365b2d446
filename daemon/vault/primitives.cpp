#include "daemon/vault/primitives.hpp"

#include <sodium.h>

#include <stdexcept>

namespace tokend {
namespace {

constexpr std::size_t kDigestBytes = 32;
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == kNonceBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kTagBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kKeyBytes);

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

std::string digest(std::string_view message, const unsigned char* key, std::size_t key_size)
{
  std::string out(kDigestBytes, '\0');
  crypto_generichash(raw(out), out.size(), raw(message), message.size(), key, key_size);
  return out;
}

}  // namespace

std::string blake2b_256(std::string_view message) { return digest(message, nullptr, 0); }

std::string blake2b_256(std::string_view message, const Key& key) { return digest(message, key.data(), kKeyBytes); }

std::string encrypt(const Key& key, std::string_view data, std::string_view plaintext, Random& random)
{
  std::string box(kBoxOverhead + plaintext.size(), '\0');
  random.fill(std::as_writable_bytes(std::span(box.data(), kNonceBytes)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(box) + kNonceBytes, nullptr, raw(plaintext), plaintext.size(),
                                             raw(data), data.size(), nullptr, raw(box), key.data());
  return box;
}

bool decrypt(const Key& key, std::string_view data, std::string_view box, std::span<char> plaintext)
{
  if (box.size() != plaintext.size() + kBoxOverhead) throw std::logic_error("no room for the plaintext");
  const std::string_view sealed = box.substr(kNonceBytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plaintext.data()), nullptr,
                                                    nullptr, raw(sealed), sealed.size(), raw(data), data.size(),
                                                    raw(box), key.data()) == 0;
}

}  // namespace tokend
