// ID tokens (OpenID Connect Core section 2): RS256 over a key that is made when first needed and dies
// with the process. The matching public key is what /jwks serves.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/provider_double/clock.hpp"

struct evp_pkey_st;

namespace tokend::provider_double {

struct IdTokenClaims {
  std::string issuer;
  std::string subject;
  std::string audience;
  std::string nonce;  // empty: none
  Instant issued_at{};
  Instant expires_at{};
};

class IdTokenSigner {
 public:
  std::string sign(const IdTokenClaims& claims);  // compact JWS
  std::string jwks();                             // JSON text of the key set

 private:
  evp_pkey_st* key();

  std::shared_ptr<evp_pkey_st> key_;
};

std::string email_of(std::string_view subject);

}  // namespace tokend::provider_double
