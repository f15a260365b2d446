// PKCE (RFC 7636), S256 only: there is no "plain" here, so nothing can fall back to it.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "proto/secret.hpp"

namespace tokend {

struct Pkce {
  Secret verifier;        // 43 characters; goes to the token endpoint only
  std::string challenge;  // goes into the authorization request
};

Pkce make_pkce(std::span<const std::byte, 32> random);
std::string s256_challenge(std::string_view verifier);

}  // namespace tokend
