// Listening for the browser to come back to a redirect URI (RFC 8252 section 7.3).
// The adapter binds, reads one strict HTTP request at a time and asks the broker what to answer; it decides nothing
// about state, code or account. Logins on one fixed port share one listener.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/ports/time.hpp"
#include "proto/result.hpp"

namespace tokend {

struct RedirectAddress {
  std::string host;        // "127.0.0.1", "[::1]" or "localhost" (both families)
  std::uint16_t port = 0;  // 0: an ephemeral one
};
struct BrowserRequest {
  std::uint16_t port = 0;  // that it arrived at
  std::string method;      // "GET", "POST", ...
  std::string host;        // the Host field, as sent
  std::string path;        // without the query
  std::string query;       // raw, without '?'; empty if none
  std::string body;        // of a form_post
  bool prefetch = false;   // Sec-Purpose: prefetch, or Sec-Fetch-Mode other than navigate
};
struct BrowserPage {
  int status = 200;
  std::string html;           // whole document; the adapter adds the security header fields
  std::string location = {};  // of a 303; made by the broker, never from input
  std::optional<Seconds> refresh = {};
};
using AnswerBrowser = std::move_only_function<void(BrowserPage)>;  // call once, on the loop, now or later

class Redirects {
 public:
  virtual ~Redirects() = default;
  // Set once. Called on the loop for every well-formed request at any open port.
  virtual void on_request(std::move_only_function<void(BrowserRequest, AnswerBrowser)>) = 0;
  // Binds now; returns the port. kTemporarilyUnavailable{port_busy} names the holder where /proc shows it; what else
  // helps than to stop it depends on whose URI it is, and is the login's to say.
  // kInternal: the machine is short of descriptors or memory. Opening an open port counts a user more.
  virtual Result<std::uint16_t> open(const RedirectAddress&) = 0;
  virtual void close(std::uint16_t port) = 0;  // counts one user less; the last one closes
};

}  // namespace tokend
