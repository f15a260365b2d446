// Authorization server metadata: OpenID Connect Discovery 1.0 and RFC 8414. Where to ask and how to read the answer;
// the asking is the broker's. What is read here is a claim of the server: resolve() decides what of it is believed.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/result.hpp"

namespace tokend {

struct Metadata {
  std::string issuer;  // identical to the one asked for
  std::string authorization_endpoint, token_endpoint, device_endpoint, revocation_endpoint;  // empty: not announced
  std::vector<std::string> token_auth_methods;  // token_endpoint_auth_methods_supported; empty: not announced
  bool iss_parameter = false;                   // authorization_response_iss_parameter_supported (RFC 9207)

  bool operator==(const Metadata&) const = default;
};

// In the order to try: OpenID Connect (appended), RFC 8414 (inserted before the path). The issuer must be valid.
std::vector<std::string> well_known_urls(std::string_view issuer);

// kProviderRefused{endpoint_changed} when the document speaks of another issuer (RFC 8414 section 3.3);
// kTemporarilyUnavailable{provider_error} when it cannot be read: it may be a proxy's page.
Result<Metadata> parse_metadata(std::string_view document, std::string_view issuer);

// The members above and no others, readable by parse_metadata: for keeping beside a grant.
std::string to_json(const Metadata&);

}  // namespace tokend
