#include "tests/provider_double/id_token.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "tests/provider_double/json.hpp"
#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

constexpr unsigned kKeyBits = 2048;
constexpr std::string_view kKeyId = "provider-double-1";

std::string signature(evp_pkey_st* key, std::string_view text)
{
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = 0;
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size());
  std::string out(length, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length, bytes, text.size()) != 1) {
    throw std::runtime_error("the ID token cannot be signed");
  }
  out.resize(length);
  return out;
}

std::string public_number(evp_pkey_st* key, const char* name)
{
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw std::runtime_error("the signing key has no public part");
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  return base64url(bytes);
}

}  // namespace

evp_pkey_st* IdTokenSigner::key()
{
  if (!key_) key_ = {EVP_RSA_gen(kKeyBits), EVP_PKEY_free};
  if (!key_) throw std::runtime_error("no RSA key could be made");
  return key_.get();
}

std::string IdTokenSigner::sign(const IdTokenClaims& claims)
{
  auto header = JsonObject().text("alg", "RS256").text("typ", "JWT").text("kid", kKeyId);
  auto payload = JsonObject()
                     .text("iss", claims.issuer)
                     .text("sub", claims.subject)
                     .text("aud", claims.audience)
                     .number("iat", unix_seconds(claims.issued_at))
                     .number("exp", unix_seconds(claims.expires_at))
                     .text("email", email_of(claims.subject));
  if (!claims.nonce.empty()) payload.text("nonce", claims.nonce);
  const auto signed_part = base64url(header.serialised()) + '.' + base64url(payload.serialised());
  return signed_part + '.' + base64url(signature(key(), signed_part));
}

std::string IdTokenSigner::jwks()
{
  auto public_key = JsonObject()
                        .text("kty", "RSA")
                        .text("use", "sig")
                        .text("alg", "RS256")
                        .text("kid", kKeyId)
                        .text("n", public_number(key(), OSSL_PKEY_PARAM_RSA_N))
                        .text("e", public_number(key(), OSSL_PKEY_PARAM_RSA_E));
  return JsonObject().raw("keys", json_array({public_key.serialised()})).serialised();
}

std::string email_of(std::string_view subject) { return fmt::format("{}@acme.example", subject); }

}  // namespace tokend::provider_double
