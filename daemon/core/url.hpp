// An http or https URL, read strictly (RFC 3986, printable ASCII, 8 KiB at most): what a person types, what metadata
// says and what the browser is sent to. Not a general URL library: no other scheme, no user information, no relative
// references, no normalisation. A text that was stored or registered is sent byte for byte; Url is for looking into it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/core/form.hpp"
#include "proto/result.hpp"

namespace tokend {

inline constexpr std::size_t kLongestUrl = 8192;

struct Url {
  std::string scheme;                   // "https" or "http"
  std::string host;                     // lower case; a name, a dotted quad, or "[::1]" with its brackets
  std::optional<std::uint16_t> port;    // as written; 1..65535
  std::string path;                     // as written, percent-encoded; "/" if none was
  std::optional<std::string> query;     // without '?'
  std::optional<std::string> fragment;  // without '#'

  bool operator==(const Url&) const = default;
};

// kInvalidParameter; the reason continues "is not ..." or "has ...", so that a caller can put the field's name before
// it.
Result<Url> parse_url(std::string_view text);

std::string host_of(std::string_view url);  // for people; the text itself where it is no URL
std::string to_string(const Url&);
std::uint16_t port_of(const Url&);     // the written one, else 443 or 80
std::string origin(const Url&);        // "https://host" or "https://host:port"; a default port is not shown (RFC 6454)
bool is_literal_loopback(const Url&);  // 127.0.0.0/8 or [::1], in digits: no resolver can lie about them
bool is_loopback(const Url&);          // that, or "localhost"
bool is_address(const Url&);           // the host is an IP address, so it has no subdomains
bool is_host_or_subdomain(const Url& candidate, const Url& of);  // ports do not matter

// https, or http on a literal loopback address when `insecure_loopback`; no fragment. kInvalidParameter as above.
Result<Url> parse_endpoint(std::string_view text, bool insecure_loopback);

// Adds parameters behind those that the URL already has (RFC 6749 section 3.1). The URL must have no fragment.
std::string append_query(std::string_view url, std::span<const FormField> parameters);

}  // namespace tokend
