// Requests to providers. One call, one answer; never a redirect followed, never a request repeated.
// Real: adapters/curl_http_client. In the simulator: a network that loses, delays and lies by seed.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "daemon/ports/time.hpp"
#include "proto/secret.hpp"

namespace tokend {

enum class Sent {
  kNo,  // proven: no byte of the body was handed to the network
  kMaybe,
};
enum class HttpTrouble {
  kDns,
  kConnect,
  kPrivateAddress,
  kTls,
  kTimeout,
  kReset,
  kTooLarge,
  kCancelled,
  kForbidden,  // of a request that was not made: a secret may not go there; detail says from where to where
};

struct HttpFailure {
  HttpTrouble trouble;
  Sent sent;
  std::string detail = {};  // for people: host and what the library said; no secret
};
struct HttpField {
  std::string name;
  Secret value;
};
struct HttpRequest {
  std::string url;                // https, or http on a literal loopback address
  bool post = true;               // false: GET without a body
  std::vector<HttpField> fields;  // header fields; Content-Type and Authorization are the caller's
  Secret body;
  Seconds deadline{30};
  bool spends_credential = false;  // the body goes out once: read through a callback that cannot rewind
  bool only_public = false;        // no person named this host: nothing is sent to an address that is not public
};
struct HttpReply {
  int status = 0;
  std::vector<HttpField> fields;  // names in lower case, in the order received; <= 64 KiB
  Secret body;                    // <= 1 MiB; a 3xx is a reply like any other
};
using HttpOutcome = std::expected<HttpReply, HttpFailure>;

enum class HttpId : std::uint64_t {};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Answers exactly once, from a later turn of the loop. The id is the caller's and must not be in use.
  virtual void send(HttpId, HttpRequest, std::move_only_function<void(HttpOutcome)>) = 0;
  // The answer still comes: kCancelled, or the real outcome if it was there first.
  virtual void cancel(HttpId) = 0;
};

}  // namespace tokend
