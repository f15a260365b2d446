// The encodings that an authorization server needs: percent and form coding, base64, SHA-256,
// random strings, HTML and JSON escapes. Pure, but for random_string. Lenient nowhere: a decoder
// answers nothing for input that is not exactly well formed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tokend::provider_double {

std::string random_string(std::string_view prefix);  // prefix + 256 random bits, base64url
std::string random_user_code();                      // XXXX-XXXX, RFC 8628 section 6.1's alphabet

std::string sha256_hex(std::string_view bytes);
std::string pkce_challenge(std::string_view verifier);  // RFC 7636 section 4.2, S256

std::string base64url(std::string_view bytes);
std::optional<std::string> base64_decoded(std::string_view text);

std::string form_encoded(std::string_view text);                    // a space becomes +
std::optional<std::string> form_decoded(std::string_view text);     // + becomes a space
std::optional<std::string> percent_decoded(std::string_view text);  // + stays +

std::string html_escaped(std::string_view text);
std::string json_string(std::string_view text);  // with its quotes

bool same_secret(std::string_view a, std::string_view b);  // constant time for equal lengths

}  // namespace tokend::provider_double
