// Builds what is sent to a provider's token, device authorization and revocation endpoints: form bodies, client
// authentication, header fields. Every secret goes from its argument into a Secret of the request and nowhere else.
// Requests that spend a credential (code, refresh token, device code) are marked so that they leave once. Each goes to
// a Destination: a place that secrets may be sent to.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/destination.hpp"
#include "daemon/core/provider.hpp"
#include "daemon/core/token_key.hpp"
#include "daemon/ports/http_client.hpp"

namespace tokend {

struct Recipient {  // borrowed for the call: how the provider is talked to, and where
  const Provider& provider;
  const Destination& place;
};

struct ClientIdentity {  // borrowed for the call
  std::string_view id;
  const Secret* secret = nullptr;  // nullptr: a public client
};

struct CodeExchange {  // RFC 6749 section 4.1.3
  const Secret& code;
  std::string_view redirect_uri;  // byte for byte that of the authorization request
  const Secret* verifier = nullptr;
};

HttpRequest code_request(const Recipient&, const ClientIdentity&, const CodeExchange&);
HttpRequest refresh_request(const Recipient&, const ClientIdentity&, const Secret& refresh_token, const TokenKey&);
// The key's scopes are sent as they are: put the definition's in where the caller asked for none.
HttpRequest client_credentials_request(const Recipient&, const ClientIdentity&, const TokenKey&);

// RFC 8628 sections 3.1 and 3.4.
struct DeviceAuthorization {
  const std::vector<std::string>& scopes;
  const std::map<std::string, std::string>& params;
};
HttpRequest device_authorization_request(const Recipient&, const ClientIdentity&, const DeviceAuthorization&);
HttpRequest device_poll_request(const Recipient&, const ClientIdentity&, const Secret& device_code);

// RFC 7009.
enum class RevokedToken { kRefresh, kAccess };
HttpRequest revocation_request(const Recipient&, const ClientIdentity&, const Secret& token, RevokedToken);

HttpRequest metadata_request(std::string url);  // GET; no credential

std::string joined(const std::vector<std::string>& scopes);  // by single spaces

}  // namespace tokend
