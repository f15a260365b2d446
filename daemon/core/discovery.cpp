#include "daemon/core/discovery.hpp"

#include <algorithm>
#include <utility>

#include "daemon/core/canonical_json.hpp"
#include "daemon/core/json_document.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

std::unexpected<Error> unreadable(std::string_view issuer, std::string_view why)
{
  return fail({.code = ErrorCode::kTemporarilyUnavailable,
               .reason = "the metadata of " + std::string(issuer) + " " + std::string(why),
               .cause = "provider_error"});
}

struct EndpointMember {
  std::string_view name;
  std::string Metadata::* value;
};
constexpr EndpointMember kEndpoints[] = {
    {"authorization_endpoint", &Metadata::authorization_endpoint},
    {"device_authorization_endpoint", &Metadata::device_endpoint},
    {"revocation_endpoint", &Metadata::revocation_endpoint},
    {"token_endpoint", &Metadata::token_endpoint},
};

std::vector<std::string> texts(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  return value ? value->strings().value_or(std::vector<std::string>()) : std::vector<std::string>();
}

bool flag(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  return value && value->boolean().value_or(false);
}

}  // namespace

std::vector<std::string> well_known_urls(std::string_view issuer)
{
  const auto url = parse_url(issuer);
  if (!url) return {};
  std::string_view path = url->path;
  while (path.ends_with('/')) path.remove_suffix(1);
  Url bare = *url;
  bare.path.clear();
  const std::string host = to_string(bare);
  return {host + std::string(path) + "/.well-known/openid-configuration",
          host + "/.well-known/oauth-authorization-server" + std::string(path)};
}

Result<Metadata> parse_metadata(std::string_view document, std::string_view issuer)
{
  const auto json = JsonDocument::parse(document);
  const auto object = json ? json->object() : std::nullopt;
  if (!object) return unreadable(issuer, "is not a JSON object");
  Metadata metadata;
  metadata.issuer = object->text("issuer");
  if (metadata.issuer.empty()) return unreadable(issuer, "names no issuer");
  if (metadata.issuer != issuer)
    return fail({.code = ErrorCode::kProviderRefused,
                 .reason = "asked about " + std::string(issuer) + ", the metadata speaks of another issuer, " +
                           escaped(metadata.issuer) + ": give exactly the issuer that the provider names",
                 .cause = "endpoint_changed"});
  for (const auto& [name, value] : kEndpoints) metadata.*value = object->text(name);
  metadata.token_auth_methods = texts(*object, "token_endpoint_auth_methods_supported");
  metadata.iss_parameter = flag(*object, "authorization_response_iss_parameter_supported");
  return metadata;
}

std::string to_json(const Metadata& metadata)
{
  CanonicalJson json;
  json.text("issuer", metadata.issuer);
  for (const auto& [name, value] : kEndpoints) json.text(name, metadata.*value);
  json.list("token_endpoint_auth_methods_supported", metadata.token_auth_methods);
  return json.flag("authorization_response_iss_parameter_supported", metadata.iss_parameter).str();
}

}  // namespace tokend
