// Which redirect URI an account uses (RFC 6749 section 3.1.2, RFC 8252 section 7.3), and what its text says to the
// listener. The text is what gets registered, sent and compared, byte for byte; it is never rebuilt from its parts.
//
// With --redirect-uri: as given; a loopback one without a port gets an ephemeral port at each login. Without:
// http://127.0.0.1:PORT/callback/ID-HASH6, so that no two authorization servers share one (RFC 8252 section 8.10).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/definition.hpp"
#include "daemon/ports/redirects.hpp"
#include "proto/result.hpp"

namespace tokend {

inline constexpr std::uint16_t kRedirectPort = 28765;  // below the ephemeral range: nothing gets it by chance

struct RedirectUri {
  std::string text;                       // as given, or with the ephemeral port put in
  std::string path;                       // as written; "/" if none was
  std::optional<RedirectAddress> listen;  // port 0: an ephemeral one; none: not on this machine, the answer is pasted
};

// http on 127.0.0.0/8, [::1] or localhost, or https anywhere but on this machine; no fragment (RFC 6749 section 3.1.2).
// kInvalidDefinition, subject redirectUri.
Result<RedirectUri> parse_redirect_uri(std::string_view text);

std::string default_redirect_uri(const AccountDefinition&, std::uint16_t port);

// The one that this account uses; what `add` prints and the provider has to know. Does not fail on a valid definition.
Result<RedirectUri> redirect_uri_of(const AccountDefinition&, std::uint16_t default_port);

// The same, listening at `port`.
RedirectUri with_port(RedirectUri, std::uint16_t port);

// The Host field that a browser sends there; the port of the address must be known.
bool is_host_field_of(const RedirectUri&, std::string_view host);

// Two authorization servers (issuers, else token endpoints) whose redirect URIs have one host, port and path cannot be
// told apart by where the browser returns. `shared_redirect` in the newer definition lifts it (then `iss` is
// mandatory). kInvalidDefinition, subject redirectUri.
struct RedirectUser {
  std::string_view account;
  const AccountDefinition& definition;
};
Result<void> check_redirect_is_free(const AccountDefinition&, std::span<const RedirectUser> others,
                                    std::uint16_t default_port);

}  // namespace tokend
