#include "daemon/vault/keys.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

constexpr char kMasterContext[crypto_kdf_CONTEXTBYTES + 1] = "tokend01";
constexpr char kSlotContext[crypto_kdf_CONTEXTBYTES + 1] = "tkslot01";
constexpr std::string_view kTextForm = "tokend-kek-v1 ";
constexpr std::size_t kBase64Size = sodium_base64_ENCODED_LEN(kKeyBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING) - 1;
static_assert(crypto_kdf_KEYBYTES == kKeyBytes);

Key derive(const Key& from, std::uint64_t id, const char* context)
{
  Key key;
  crypto_kdf_derive_from_key(key.writable(), kKeyBytes, id, context, from.data());
  return key;
}

std::optional<KeyEncryptionKey> parse_text_form(std::string_view text)
{
  if (!text.starts_with(kTextForm)) return std::nullopt;
  text.remove_prefix(kTextForm.size());
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() != kBase64Size) return std::nullopt;
  KeyEncryptionKey kek;
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(kek.key.writable(), kKeyBytes, text.data(), text.size(), nullptr, &size, &end,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  if (failed != 0 || size != kKeyBytes || end != text.data() + text.size()) return std::nullopt;
  return kek;
}

}  // namespace

Key::Key(LockedBytes bytes) : bytes_(std::move(bytes))
{
  if (bytes_.size() != kKeyBytes) throw std::invalid_argument("a key has 32 bytes");
}

Key Key::random(Random& random)
{
  Key key;
  random.fill(std::as_writable_bytes(key.bytes_.writable()));
  return key;
}

MasterKey create_master_key(Random& random) { return {Key::random(random)}; }

Key derive_subkey(const MasterKey& master, Subkey purpose)
{
  return derive(master.key, static_cast<std::uint64_t>(purpose), kMasterContext);
}

Key derive_subkey(const KeyEncryptionKey& kek, SlotSubkey purpose)
{
  return derive(kek.key, static_cast<std::uint64_t>(purpose), kSlotContext);
}

std::optional<KeyEncryptionKey> parse_key_encryption_key(std::string_view contents)
{
  if (contents.size() == kKeyBytes) return KeyEncryptionKey{Key(LockedBytes(contents))};
  return parse_text_form(contents);
}

Secret format_key_encryption_key(const KeyEncryptionKey& kek)
{
  std::array<char, kBase64Size + 1> base64{};
  sodium_bin2base64(base64.data(), base64.size(), kek.key.data(), kKeyBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  std::string text;
  text.reserve(kTextForm.size() + kBase64Size + 1);  // no reallocation, which would leave a copy behind
  text.append(kTextForm).append(base64.data(), kBase64Size).push_back('\n');
  sodium_memzero(base64.data(), base64.size());
  return Secret(std::move(text));
}

}  // namespace tokend
