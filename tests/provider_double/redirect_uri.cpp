#include "tests/provider_double/redirect_uri.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

struct LoopbackUri {
  std::string_view host;
  std::string_view rest;  // from the path on
  bool operator==(const LoopbackUri&) const = default;
};

std::optional<LoopbackUri> loopback_uri(std::string_view uri)
{
  constexpr std::array<std::string_view, 3> kHosts = {"127.0.0.1", "[::1]", "localhost"};
  constexpr std::string_view kScheme = "http://";
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const auto slash = uri.find('/');
  const auto authority = uri.substr(0, slash);
  const auto rest = slash == std::string_view::npos ? std::string_view{} : uri.substr(slash);
  for (const auto host : kHosts) {
    if (!authority.starts_with(host)) continue;
    const auto port = authority.substr(host.size());
    const bool digits = port.size() > 1 && port[0] == ':' &&
                        std::ranges::all_of(port.substr(1), [](char c) { return c >= '0' && c <= '9'; });
    if (port.empty() || digits) return LoopbackUri{host, rest};
  }
  return std::nullopt;
}

}  // namespace

bool is_registered(const Settings& settings, std::string_view redirect_uri)
{
  if (redirect_uri.find('#') != std::string_view::npos) return false;
  const auto loopback = loopback_uri(redirect_uri);
  if (settings.redirect_uris.empty()) return loopback.has_value();
  return std::ranges::any_of(settings.redirect_uris, [&](const std::string& registered) {
    if (registered == redirect_uri) return true;
    return settings.redirect_matching == RedirectMatching::any_port && loopback && loopback == loopback_uri(registered);
  });
}

std::string with_parameters(std::string_view uri, const std::vector<std::pair<std::string, std::string>>& parameters)
{
  std::string out(uri);
  char separator = uri.find('?') == std::string_view::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    out += separator + name + '=' + form_encoded(value);
    separator = '&';
  }
  return out;
}

}  // namespace tokend::provider_double
