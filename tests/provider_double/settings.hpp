// How the server behaves when it behaves well: what it registered, what it demands, how long things
// live. Set on the command line (options.cpp), changed later through the control interface
// (control_settings.cpp). Misbehaviour is not here: see faults.hpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::provider_double {

using Seconds = std::chrono::seconds;

enum class RedirectMatching { exact, any_port };   // any_port: RFC 8252 section 7.3
enum class IssParameter { sent, omitted, wrong };  // RFC 9207
enum class BasicEncoding { form, raw };            // RFC 6749 section 2.3.1, and what many do instead
enum class Rotation { never, leeway, strict };     // strict: a superseded refresh token ends the family at once

struct Settings {
  std::string issuer;  // http://127.0.0.1:PORT, known when the server listens
  bool discovery = true;

  std::string client_id = "demo";
  std::string client_secret = "demo-secret";  // empty: a public client
  std::vector<std::string> client_auth = {"client_secret_basic", "client_secret_post"};
  BasicEncoding basic_encoding = BasicEncoding::form;

  std::vector<std::string> redirect_uris;  // none registered: any http URI on a loopback address
  RedirectMatching redirect_matching = RedirectMatching::exact;
  bool require_pkce = true;
  IssParameter iss = IssParameter::sent;

  std::vector<std::string> scopes;  // what can be granted; empty: whatever is asked for
  std::string default_scope = "profile";
  std::string user = "ana";  // who consents unless the page says otherwise
  bool auto_consent = false;

  Seconds code_ttl{60};
  Seconds access_ttl{3600};
  bool send_expires_in = true;
  bool send_id_token = true;  // with scope openid
  Rotation rotation = Rotation::strict;
  Seconds leeway{0};
  bool refresh_ends_access_token = false;

  Seconds device_interval{5};
  bool send_device_interval = true;
  Seconds device_ttl{600};
};

std::optional<RedirectMatching> redirect_matching_named(std::string_view word);
std::optional<IssParameter> iss_parameter_named(std::string_view word);
std::optional<BasicEncoding> basic_encoding_named(std::string_view word);
std::optional<Rotation> rotation_named(std::string_view word);

}  // namespace tokend::provider_double
