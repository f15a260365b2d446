// One provider as the broker talks to it: definition and metadata joined, every default decided, nothing left to look
// up. A value; changing the definition makes a new one. Until there is a catalogue every provider's refresh rules are
// "unknown", the class that risks nothing.
#pragma once
#include <string>
#include <vector>

#include "daemon/core/definition.hpp"
#include "daemon/core/destination.hpp"
#include "daemon/core/discovery.hpp"
#include "daemon/ports/time.hpp"
#include "proto/result.hpp"

namespace tokend {

// What becomes of a refresh token that has been used (docs/DESIGN.md, "in doubt").
enum class RotationClass {
  kStatic,   // stays valid, or never changes
  kLeeway,   // may be sent again for `leeway`
  kStrict,   // dies on use
  kUnknown,  // treated as strict
};

struct RefreshRules {
  RotationClass rotation = RotationClass::kUnknown;
  Seconds leeway{0};
  bool refresh_kills_access = false;  // a refresh ends the old access token
  Seconds idle{0};                    // the refresh token dies when unused for so long; 0: not known to
  Seconds absolute{0};                // and at this age of the consent; 0: not known to
  Seconds margin{300};                // refresh so long before expiry

  bool operator==(const RefreshRules&) const = default;
};

struct Provider {
  std::string id;                                                                            // "oidc", "oauth2"
  std::string issuer;                                                                        // empty: not known
  std::string authorization_endpoint, token_endpoint, device_endpoint, revocation_endpoint;  // empty: there is none
  ClientAuth client_auth = ClientAuth::kNone;
  BasicEncoding basic_encoding = BasicEncoding::kForm;
  bool iss_required = false;                      // an authorization response without `iss` is refused (RFC 9207)
  std::vector<std::string> announced_hosts = {};  // of endpoints that only metadata names, no person; sorted, unique
  RefreshRules refresh = {};

  bool operator==(const Provider&) const = default;
};

enum class ClientSecret { kAbsent, kPresent };
enum class Purpose {
  kLogin,  // its flow's endpoint is needed too
  kGrant,  // it has been consented to: the token endpoint is all that it needs, whatever flow it came by
};

// The metadata is nullptr where there is none (yet). An endpoint that metadata names is believed at the issuer's host,
// a subdomain of it, or the host of an endpoint that a person gave; one that is needed elsewhere is
// kProviderRefused{endpoint_changed} naming both hosts, one that is not needed is left out.
// An endpoint that is needed and neither names, by its field: kProviderRefused{no_metadata} with metadata,
// kInvalidDefinition without an issuer, kTemporarilyUnavailable{provider_error} before discovery.
Result<Provider> resolve(const AccountDefinition&, const Metadata*, ClientSecret, Purpose = Purpose::kLogin);

// How it authenticates: as the definition says, else what discovery offers, else basic with a secret and none without.
ClientAuth client_auth_of(const AccountDefinition&, const Metadata*, ClientSecret);

// An issuer is named: read its metadata before resolve().
bool needs_discovery(const AccountDefinition&);

// Where the secrets of a grant may go: origins of the token, revocation and device endpoint, sorted, unique.
std::vector<std::string> binding_origins(const Provider&);

// Where a definition would have secrets sent: the same, and the issuer, whose metadata may name endpoints there.
std::vector<std::string> secret_origins(const AccountDefinition&);

// Where a client secret that was entered for this definition may go. fixed: what its first discovery found; empty: this
// is the first, and what it finds counts.
AllowedOrigins allowed_origins(const AccountDefinition&, const std::vector<std::string>& fixed, const Provider& found);

// Where `after` would have secrets sent, and `before` would not.
std::vector<std::string> new_origins(const AccountDefinition& before, const AccountDefinition& after);

// A login that was made for `consented` is no longer what is `wanted`: other scopes were asked for, or its secrets
// would go to new origins. Where a client logs in as itself there is no such login.
bool outgrows(const AccountDefinition& wanted, const AccountDefinition& consented);

// kInvalidDefinition, clientSecret: this way to authenticate needs a secret.
Result<void> check_secret(const AccountDefinition&, ClientSecret);

// The issuer, else the token endpoint's origin: what counts as one authorization server for limits.
std::string issuer_or_origin(const Provider&);

}  // namespace tokend
