#include "daemon/adapters/proxy_environment.hpp"

#include <stdlib.h>
#include <strings.h>

#include <algorithm>
#include <initializer_list>

namespace tokend {
namespace {

// As curl reads it: the first that is set, in lower case first.
std::string_view first_set(std::initializer_list<const char*> names)
{
  for (const char* name : names)
    if (const char* const value = ::getenv(name); value != nullptr && *value != '\0') return value;
  return {};
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view without_dots(std::string_view name)
{
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool is_or_is_below(std::string_view host, std::string_view name)
{
  if (name.empty() || host.size() < name.size()) return false;
  if (!equals_ignoring_case(host.substr(host.size() - name.size()), name)) return false;
  return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

}  // namespace

bool is_exempt_from_proxy(std::string_view host, std::string_view list)
{
  constexpr std::string_view kBetween = " ,";
  while (!list.empty()) {
    const std::string_view name = list.substr(0, std::min(list.find_first_of(kBetween), list.size()));
    if (name == "*" || is_or_is_below(without_dots(host), without_dots(name))) return true;
    list.remove_prefix(std::min(name.size() + 1, list.size()));
  }
  return false;
}

bool goes_through_proxy(std::string_view host)
{
  if (first_set({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}).empty()) return false;
  return !is_exempt_from_proxy(host, first_set({"no_proxy", "NO_PROXY"}));
}

}  // namespace tokend
