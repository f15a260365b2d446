// What `add` says about an account, once it has been looked through. It holds no secret: the client secret is sealed in
// a record of its own. It is not what the daemon talks to: see provider.hpp, which joins it with discovered metadata.
//
// Either `issuer` is set (endpoints come from discovery; those given here win) or the endpoints are. Texts that a
// provider compares (redirect URI, client id, scopes) are kept byte for byte.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/flow.hpp"
#include "proto/result.hpp"

namespace tokend {

// Persisted by name; the names are those of the interface. Flow is a word of the wire: proto/flow.hpp.
enum class ClientAuth { kBasic, kPost, kNone };
enum class BasicEncoding { kForm, kRaw };  // RFC 6749 section 2.3.1 says form; some servers take the bytes as they are

struct AccountDefinition {
  std::string issuer;
  std::string authorization_endpoint, token_endpoint, device_endpoint, revocation_endpoint;
  std::optional<ClientAuth> client_auth;  // none: what discovery offers, else basic with a secret, none without
  BasicEncoding basic_encoding = BasicEncoding::kForm;
  bool insecure_loopback = false;  // http on literal loopback addresses
  bool shared_redirect = false;    // a redirect URI that another issuer uses too
  std::string client_id;
  Flow flow = Flow::kCode;
  std::vector<std::string> scopes;            // in the order given; empty: the provider's default
  std::string redirect_uri;                   // empty: made from redirect_port and the provider's id
  std::vector<std::string> urls;              // where its tokens may be used
  std::map<std::string, std::string> params;  // added to authorization and device authorization requests
  std::map<std::string, std::string> vars;

  bool operator==(const AccountDefinition&) const = default;
};

// "oidc" with an issuer, "oauth2" with explicit endpoints: what Account.provider shows.
std::string_view provider_id(const AccountDefinition&);

// RFC 6749 section 3.3, scope-token: printable ASCII without space, quote and backslash. At most 2048 characters.
bool is_scope(std::string_view);

// kInvalidDefinition; subject: the field's name on the wire ("tokenEndpoint"), reason: what is wrong and what would do.
Result<void> validate(const AccountDefinition&);

// Canonical JSON: members sorted, defaults left out; equal definitions have equal bytes.
std::string to_json(const AccountDefinition&);

// Unknown members are ignored. kInternal: these bytes were ours.
Result<AccountDefinition> definition_from_json(std::string_view);

std::string_view name_of(ClientAuth);
std::string_view name_of(BasicEncoding);
std::optional<ClientAuth> client_auth_from(std::string_view);
std::optional<BasicEncoding> basic_encoding_from(std::string_view);

}  // namespace tokend
