#include "daemon/core/redirect.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "daemon/core/url.hpp"

namespace tokend {
namespace {

constexpr std::size_t kHashBytes = 3;  // six hexadecimal digits
constexpr std::uint16_t kHttpPort = 80;

std::unexpected<Error> refuse(const std::string& why)
{
  return fail({.code = ErrorCode::kInvalidDefinition, .reason = "the redirect URI " + why, .subject = "redirectUri"});
}

std::string short_hash(std::string_view text)
{
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string digits;
  for (std::size_t i = 0; i < kHashBytes; ++i) digits += fmt::format("{:02x}", hash[i]);
  return digits;
}

// What counts as one authorization server here; definitions are compared before anything was discovered.
// By the whole token endpoint, not its origin: there may be another tenant's beside it.
const std::string& server_of(const AccountDefinition& definition)
{
  return definition.issuer.empty() ? definition.token_endpoint : definition.issuer;
}

std::string text_of(const AccountDefinition& definition, std::uint16_t default_port)
{
  return definition.redirect_uri.empty() ? default_redirect_uri(definition, default_port) : definition.redirect_uri;
}

// Nothing but the path, the port and the Host field says whose answer a browser brings; one that gets a free port at
// each login may get any.
bool clash(const std::string& text, const std::string& other_text)
{
  const auto uri = parse_url(text);
  const auto other = parse_url(other_text);
  if (!uri || !other || uri->scheme != other->scheme || uri->host != other->host || uri->path != other->path)
    return false;
  const bool any_port = is_loopback(*uri) && (!uri->port || !other->port);
  return any_port || port_of(*uri) == port_of(*other);
}

std::size_t end_of_authority(std::string_view url)
{
  const auto begin = url.find("://") + 3;
  return std::min(url.find_first_of("/?", begin), url.size());
}

}  // namespace

Result<RedirectUri> parse_redirect_uri(std::string_view text)
{
  const auto url = parse_url(text);
  if (!url) return refuse(url.error().reason);
  if (url->fragment) return refuse("has a fragment (#...), which is not allowed");
  RedirectUri uri{.text = std::string(text), .path = url->path, .listen = {}};
  if (!is_loopback(*url))
    return url->scheme == "https" ? Result<RedirectUri>(std::move(uri))
                                  : refuse("must be https, or http on 127.0.0.1, [::1] or localhost");
  if (url->scheme != "http") return refuse("must be http when it is on this machine");
  uri.listen = RedirectAddress{.host = url->host, .port = url->port.value_or(0)};
  return uri;
}

std::string default_redirect_uri(const AccountDefinition& definition, std::uint16_t port)
{
  return fmt::format("http://127.0.0.1:{}/callback/{}-{}", port, provider_id(definition),
                     short_hash(server_of(definition)));
}

Result<RedirectUri> redirect_uri_of(const AccountDefinition& definition, std::uint16_t default_port)
{
  return parse_redirect_uri(text_of(definition, default_port));
}

RedirectUri with_port(RedirectUri uri, std::uint16_t port)
{
  if (!uri.listen || uri.listen->port == port) return uri;
  uri.listen->port = port;
  uri.text.insert(end_of_authority(uri.text), fmt::format(":{}", port));
  return uri;
}

bool is_host_field_of(const RedirectUri& uri, std::string_view host)
{
  if (!uri.listen) return false;
  if (host == fmt::format("{}:{}", uri.listen->host, uri.listen->port)) return true;
  return uri.listen->port == kHttpPort && host == uri.listen->host;  // browsers leave the usual port out
}

Result<void> check_redirect_is_free(const AccountDefinition& definition, std::span<const RedirectUser> others,
                                    std::uint16_t default_port)
{
  if (definition.shared_redirect || definition.flow != Flow::kCode) return {};
  const auto mine = redirect_uri_of(definition, default_port);
  if (!mine) return fail(mine.error());
  for (const auto& [account, other] : others) {
    if (other.flow != Flow::kCode || server_of(other) == server_of(definition)) continue;
    if (!clash(mine->text, text_of(other, default_port))) continue;
    return refuse(
        fmt::format("{} is used by {} for another provider: give this one a path of its own", mine->text, account));
  }
  return {};
}

}  // namespace tokend
