#include "client/curl/api_address.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

std::string in_small_letters(std::string_view text)
{
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

bool consists_of(std::string_view text, std::string_view these)
{
  return !text.empty() && text.find_first_not_of(these) == text.npos;
}

bool is_host(std::string_view host)
{
  if (host.starts_with('['))
    return host.ends_with(']') && host.size() > 2 &&
           consists_of(host.substr(1, host.size() - 2), std::string(kDigits) + "abcdef:.");
  return consists_of(host, std::string(kLetters) + std::string(kDigits) + "-._");
}

// As written, else the scheme's; none: it is no port.
std::optional<std::uint16_t> port_in(std::string_view behind_host, std::string_view scheme)
{
  if (behind_host.empty()) return scheme == "https" ? 443 : 80;
  std::uint16_t port = 0;
  const char* end = behind_host.data() + behind_host.size();
  const auto [stop, error] = std::from_chars(behind_host.data() + 1, end, port);
  if (behind_host.front() != ':' || error != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

bool is_on_this_machine(std::string_view origin)
{
  const std::string_view host = origin.substr(origin.find("//") + 2);
  return host.starts_with("localhost:") || host.starts_with("[::1]:") ||
         (host.starts_with("127.") && consists_of(host.substr(0, host.find(':')), "0123456789."));
}

Failure denied(const AccountPlaces& places, std::string reason, std::string next)
{
  const ErrorNames& names = names_of(ErrorCode::kDenied);
  return {.exit = names.exit_code,
          .error = std::string(names.http),
          .reason = std::move(reason),
          .account = places.account,
          .next = std::move(next)};
}

std::vector<std::string> addresses_of(const AccountPlaces& places)
{
  std::vector<std::string> all = places.urls;
  if (!places.api_base.empty()) all.push_back(places.api_base);
  return all;
}

Failure at_no_host_of(const AccountPlaces& places, const std::string& origin)
{
  std::string hosts;
  for (const std::string& url : addresses_of(places)) hosts += (hosts.empty() ? "" : ", ") + url;
  const std::string whose = hosts.empty() ? places.account + " has none; see 'tokenctl set' and its --url"
                                          : places.account + " is for " + hosts;
  return denied(places, origin + " is at none of the account's hosts (" + whose + "), so it gets no token",
                "name another address, or send it there all the same with --any-host");
}

Outcome<std::string> joined_to_base(const AccountPlaces& places, const std::string& path)
{
  std::string base = places.api_base;
  if (base.empty() && places.urls.size() == 1) base = places.urls.front();
  if (base.empty())
    return failed(usage("a path alone is too little: " + places.account + " has " +
                            (places.urls.empty() ? "no address" : "more than one address") + " to join it to",
                        "write the whole address, like https://api.example" + path));
  if (base.ends_with('/')) base.pop_back();
  return base + path;
}

}  // namespace

std::optional<std::string> origin_of(std::string_view url)
{
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; }))
    return std::nullopt;
  const std::size_t slashes = std::min(url.find("://"), url.size());
  const std::string scheme = in_small_letters(url.substr(0, slashes));
  if (slashes == url.size() || (scheme != "https" && scheme != "http")) return std::nullopt;
  std::string_view rest = url.substr(slashes + 3);
  const std::string authority = in_small_letters(rest.substr(0, rest.find_first_of("/?#")));
  const std::size_t end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  const std::string_view host = std::string_view(authority).substr(0, end);
  const auto port = port_in(std::string_view(authority).substr(host.size()), scheme);
  if (!port || !is_host(host)) return std::nullopt;
  return scheme + "://" + std::string(host) + ":" + std::to_string(*port);
}

bool is_https(std::string_view origin) { return origin.starts_with("https:"); }

Outcome<std::string> api_address(const AccountPlaces& places, const std::string& word, bool any_host)
{
  auto url = word.starts_with('/') ? joined_to_base(places, word) : Outcome<std::string>(word);
  if (!url) return url;
  const auto origin = origin_of(*url);
  if (!origin)
    return failed(usage("'" + word + "' is no address that a token can be sent to",
                        "write a path, or a whole address like https://api.example/path"));
  const auto known = [&](const std::string& one) { return origin_of(one) == origin; };
  if (std::ranges::any_of(addresses_of(places), known)) return url;
  if (!any_host) return failed(at_no_host_of(places, *origin));
  if (!is_https(*origin) && !is_on_this_machine(*origin))
    return failed(denied(places, *origin + " is not https: everybody on the way could take the token", "use https"));
  return url;
}

}  // namespace tokend::client
