// base64url without padding (RFC 4648 section 5), for PKCE, states and JWTs, and plain base64 for HTTP Basic.
// Decoding is strict: no padding, no white space, no stray bits.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tokend {

std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);  // with padding

}  // namespace tokend
