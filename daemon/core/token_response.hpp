// The one reader of what token endpoints answer (RFC 6749 sections 5.1 and 5.2), and it is lenient, because answers are
// what they are. Every leniency stands here; whatever is not listed is refused:
//   - the body may be JSON or form-encoded, whatever Content-Type says, start with a byte order mark, and end in white
//     space and NULs;
//   - JSON that is refused is read once more with what mended_json mends: bytes that are not UTF-8, lone surrogates,
//     bare control characters in texts, integers that are too large. In a token such a character is still refused;
//   - token_type may be missing or anything, and counts as Bearer, but for DPoP, PoP, mac and N_A, which cannot be
//     borne;
//   - expires_in may be a number, a fraction or a text, with blanks and a plus sign; less than 1 counts as 1 s, more
//     than ten years as ten years, nonsense as 5 min; null, false or empty: the lifetime is unknown;
//   - a refresh token's own lifetime that is zero, negative or nonsense is unknown (zero: never, some say);
//   - refresh_token may be null, false or empty: there is none, and the old one stays (false is null everywhere);
//   - `scope` or `scopes`, a list or a text separated by spaces or commas; null or absent: as asked for; a scope that
//     is not printable ASCII is left out, and so is what goes beyond 256 scopes or 16 KiB of them;
//   - an error may come in a 2xx body, and unknown or repeated unimportant members do no harm.
// Refused: a repeated access_token, refresh_token or id_token, control or non-ASCII characters in one, nesting deeper
// than 32, an access or refresh token of more than 64 KiB.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/ports/http_client.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct TokenResponse {
  Secret access_token;
  std::string token_type = "Bearer";
  std::optional<Seconds> expires_in = {};          // 1 s .. 10 years; none: unknown or unlimited
  Secret refresh_token = {};                       // empty: none was given
  std::optional<Seconds> refresh_expires_in = {};  // none: unknown or unlimited
  std::vector<std::string> scopes = {};            // granted, sorted, unique; empty: not said
  Secret id_token = {};                            // empty: none
};
struct OAuthError {
  std::string error;        // as sent, <= 64 bytes
  std::string description;  // as sent, <= 512 bytes: escape before showing
};
struct Unreadable {
  std::string why;  // for people, "the answer ..."; quotes nothing of the body but a token_type
};
using TokenReply = std::variant<TokenResponse, OAuthError, Unreadable>;

// The status matters: a token is taken from a 2xx only.
TokenReply read_token_reply(const HttpReply&);
TokenReply read_token_reply(int status, std::string_view body);

// Text of a provider, fit for terminals, logs and pages: printable ASCII without quotes and backslashes (RFC 6749
// section 5.2), anything else as \xNN; cut at `longest` with "...".
std::string escaped(std::string_view text, std::size_t longest = 200);

}  // namespace tokend
