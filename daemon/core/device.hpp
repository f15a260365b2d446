// The login side of device codes (RFC 8628 section 3.2): what the device authorization endpoint answers. The request is
// built by token_request, polling with the device code is the grant's.
//
// Leniencies: verification_url for verification_uri, numbers written as text, no interval or none that makes
// sense means 5 s, a verification_uri_complete that may not be opened is left out.
#pragma once
#include <optional>
#include <string>

#include "daemon/ports/http_client.hpp"
#include "proto/result.hpp"
#include "proto/secret.hpp"

namespace tokend {

struct DeviceCode {
  Secret device_code;
  std::string user_code;                  // printable ASCII, 64 characters at most
  std::string verification_uri;           // may be opened: see check_openable()
  std::string verification_uri_complete;  // the same, or empty
  std::optional<Seconds> expires_in;
  Seconds interval{5};
};

// Of a 2xx reply. kTemporarilyUnavailable{provider_error} when it is no such answer, else what check_openable() says.
Result<DeviceCode> read_device_code(const HttpReply&);

}  // namespace tokend
