#include "client/redirect_place.hpp"

#include "client/browser.hpp"

namespace tokend::client {

std::optional<LoopbackPlace> loopback_place_of(std::string_view redirect_uri)
{
  if (!redirect_uri.starts_with("http://")) return std::nullopt;
  const std::string_view authority = host_of(redirect_uri);
  const std::size_t colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  LoopbackPlace place{.host = std::string(authority.substr(0, colon)), .port = {}};
  if (colon != authority.npos) place.port = authority.substr(colon + 1);
  if (place.port.find_first_not_of("0123456789") != place.port.npos) return std::nullopt;
  const bool by_number = place.host == "[::1]" || is_openable("http://" + place.host);
  return by_number || place.host == "localhost" ? std::optional(std::move(place)) : std::nullopt;
}

std::string tunnel_of(const LoopbackPlace& place)
{
  const std::string host = place.host == "localhost" ? "127.0.0.1" : place.host;
  const std::string there = host + ":" + place.port;
  return "-L " + (host == "127.0.0.1" ? place.port : there) + ":" + there;  // by itself ssh listens on 127.0.0.1
}

}  // namespace tokend::client
