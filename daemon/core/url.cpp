#include "daemon/core/url.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tokend {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view text)
{
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Browsers leave these unencoded in queries, and codes do contain '|' and '{': only paths are held to RFC 3986.
constexpr std::string_view kNeverAllowed = "\"<>\\^`{|}";
constexpr std::string_view kNotInQueries = "\"<>";

bool well_encoded(std::string_view text, std::string_view forbidden)
{
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] <= ' ' || text[i] > '~' || forbidden.contains(text[i])) return false;
    if (text[i] != '%') continue;
    if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
  }
  return true;
}

std::optional<unsigned> decimal(std::string_view digits, unsigned most)
{
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool padded = digits.size() > 1 && digits.front() == '0';
  if (error != std::errc() || end != digits.data() + digits.size() || padded || value > most) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
  std::vector<std::string_view> pieces;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] != separator) continue;
    pieces.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  return pieces;
}

bool is_dotted_quad(std::string_view host)
{
  const auto labels = split(host, '.');
  return labels.size() == 4 && std::ranges::all_of(labels, [](auto label) { return decimal(label, 255).has_value(); });
}

bool is_label(std::string_view label)
{
  const auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, allowed);
}

// A last label in digits would be taken for an address by resolvers ("127.1", "0x7f.1"): only a dotted quad may be one.
bool is_name(std::string_view host)
{
  const auto labels = split(host, '.');
  const std::string_view last = labels.back();
  return host.size() <= 253 && std::ranges::all_of(labels, is_label) && !is_digit(last.front());
}

bool is_ipv6_group(std::string_view group)
{
  return !group.empty() && group.size() <= 4 && std::ranges::all_of(group, is_hex);
}

int count_ipv6_groups(std::string_view groups)  // -1: one of them is none
{
  if (groups.empty()) return 0;
  const auto pieces = split(groups, ':');
  return std::ranges::all_of(pieces, is_ipv6_group) ? static_cast<int>(pieces.size()) : -1;
}

// RFC 4291 section 2.2 without the forms that embed a dotted quad or name a zone.
bool is_bracketed_ipv6(std::string_view host)
{
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  const std::string_view inner = host.substr(1, host.size() - 2);
  const std::size_t gap = inner.find("::");
  if (gap == std::string_view::npos) return count_ipv6_groups(inner) == 8;
  const int before = count_ipv6_groups(inner.substr(0, gap));
  const int after = count_ipv6_groups(inner.substr(gap + 2));
  return before >= 0 && after >= 0 && before + after < 8;
}

std::unexpected<Error> malformed(std::string why) { return fail(ErrorCode::kInvalidParameter, std::move(why)); }

// The authority without "user:password@", which nobody needs here and phishing does.
Result<void> read_authority(std::string_view authority, Url& url)
{
  if (authority.contains('@')) return malformed("has user information before the host, which is not allowed");
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = lower(authority.substr(0, colon));
  if (url.host.empty()) return malformed("has no host");
  if (!is_dotted_quad(url.host) && !is_bracketed_ipv6(url.host) && !is_name(url.host))
    return malformed("has a host that is neither a name nor an IP address (international names go in as xn--...)");
  if (colon == std::string_view::npos) return {};
  const auto port = decimal(authority.substr(colon + 1), 65535);
  if (!port || *port == 0) return malformed("has a port that is not between 1 and 65535");
  url.port = static_cast<std::uint16_t>(*port);
  return {};
}

std::string_view cut_at(std::string_view& text, char separator, std::optional<std::string>& tail)
{
  const std::size_t at = text.find(separator);
  if (at != std::string_view::npos) tail = std::string(text.substr(at + 1));
  return text = text.substr(0, at);
}

Result<void> read_rest(std::string_view rest, Url& url)
{
  cut_at(rest, '#', url.fragment);
  cut_at(rest, '?', url.query);
  url.path = rest.empty() ? "/" : std::string(rest);
  if (!well_encoded(url.path, kNeverAllowed) || !well_encoded(url.query.value_or(""), kNotInQueries) ||
      !well_encoded(url.fragment.value_or(""), kNotInQueries))
    return malformed("has a character that a URL must write as %XX, or a '%' without two hexadecimal digits");
  return {};
}

std::uint16_t usual_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<Url> parse_url(std::string_view text)
{
  if (text.size() > kLongestUrl) return malformed("is longer than 8192 characters");
  if (!is_printable(text)) return malformed("has a space, a control character or a character outside ASCII");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return malformed("is not a URL: it must begin with https://");
  Url url;
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "https" && url.scheme != "http") return malformed("must begin with https:// or http://");
  const std::string_view after = text.substr(colon + 3);
  const std::size_t end = std::min(after.find_first_of("/?#"), after.size());
  if (auto read = read_authority(after.substr(0, end), url); !read) return fail(read.error());
  if (auto read = read_rest(after.substr(end), url); !read) return fail(read.error());
  return url;
}

std::string host_of(std::string_view url)
{
  const auto parsed = parse_url(url);
  return parsed ? parsed->host : std::string(url);
}

std::string to_string(const Url& url)
{
  std::string text = url.scheme + "://" + url.host;
  if (url.port) text += ":" + std::to_string(*url.port);
  text += url.path;
  if (url.query) text += "?" + *url.query;
  if (url.fragment) text += "#" + *url.fragment;
  return text;
}

std::uint16_t port_of(const Url& url) { return url.port.value_or(usual_port(url.scheme)); }

std::string origin(const Url& url)
{
  std::string text = url.scheme + "://" + url.host;
  if (port_of(url) != usual_port(url.scheme)) text += ":" + std::to_string(port_of(url));
  return text;
}

bool is_address(const Url& url) { return url.host.starts_with('[') || is_dotted_quad(url.host); }

bool is_literal_loopback(const Url& url)
{
  return url.host == "[::1]" || (is_dotted_quad(url.host) && url.host.starts_with("127."));
}

bool is_loopback(const Url& url) { return is_literal_loopback(url) || url.host == "localhost"; }

bool is_host_or_subdomain(const Url& candidate, const Url& of)
{
  return candidate.host == of.host || (!is_address(of) && candidate.host.ends_with("." + of.host));
}

Result<Url> parse_endpoint(std::string_view text, bool insecure_loopback)
{
  Result<Url> url = parse_url(text);
  if (!url) return url;
  if (url->fragment) return malformed("has a fragment (#...), which is not allowed");
  if (url->scheme == "https") return url;
  if (!is_literal_loopback(*url)) return malformed("must be https (http is for 127.0.0.1 and [::1] only)");
  if (!insecure_loopback) return malformed("must be https; for a server on this machine allow it by insecureLoopback");
  return url;
}

std::string append_query(std::string_view url, std::span<const FormField> parameters)
{
  FormWriter added;
  for (const FormField& parameter : parameters) added.add(parameter.name, parameter.value);
  std::string text(url);
  if (added.text().empty()) return text;
  if (!url.contains('?')) text += '?';
  else if (!url.ends_with('?') && !url.ends_with('&')) text += '&';
  return text += added.text();
}

}  // namespace tokend
