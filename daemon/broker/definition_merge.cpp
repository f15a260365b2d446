#include "daemon/broker/definition_merge.hpp"

#include <fmt/format.h>

namespace tokend {
namespace {

std::unexpected<Error> invalid(std::string field, std::string reason)
{
  Error error{.code = ErrorCode::kInvalidDefinition, .reason = std::move(reason)};
  error.subject = std::move(field);
  return fail(std::move(error));
}

Result<void> refuse_later_fields(const wire::Definition& given)
{
  const auto later = [](std::string_view field) {
    return invalid(std::string(field), fmt::format("'{}' is not known to this version of tokend", field));
  };
  if (given.provider)
    return invalid("provider", "this version has no catalogue of providers: give an issuer, or the endpoints");
  if (given.mcp) return later("mcp");
  if (given.client_key) return later("clientKey");
  if (given.shares) return later("shares");
  if (given.policy) return later("policy");
  return {};
}

// One field after the other; remembers the names of those that changed.
class Merge {
 public:
  template <class Given, class Held> void field(std::string_view name, const std::optional<Given>& given, Held& held)
  {
    if (!given || held == *given) return;
    held = *given;
    changed_.emplace_back(name);
  }
  template <class Value, class Held>
  Result<void> word(std::string_view name, const std::optional<std::string>& given,
                    std::optional<Value> (*read)(std::string_view), Held& held, std::string_view values)
  {
    if (!given) return {};
    const std::optional<Value> value = read(*given);
    if (!value)
      return invalid(std::string(name), fmt::format("'{}' is no value of {}: it is {}", *given, name, values));
    field(name, value, held);
    return {};
  }
  std::vector<std::string> changed() && { return std::move(changed_); }

 private:
  std::vector<std::string> changed_;
};

std::optional<std::map<std::string, std::string>> as_map(const std::optional<wire::TextMap>& given)
{
  if (!given) return std::nullopt;
  return std::map<std::string, std::string>(given->begin(), given->end());
}

void merge_endpoints(const wire::Definition& given, AccountDefinition& held, Merge& merge)
{
  merge.field("issuer", given.issuer, held.issuer);
  merge.field("authorizationEndpoint", given.authorization_endpoint, held.authorization_endpoint);
  merge.field("tokenEndpoint", given.token_endpoint, held.token_endpoint);
  merge.field("deviceEndpoint", given.device_endpoint, held.device_endpoint);
  merge.field("revocationEndpoint", given.revocation_endpoint, held.revocation_endpoint);
  merge.field("insecureLoopback", given.insecure_loopback, held.insecure_loopback);
}

void merge_request(const wire::Definition& given, AccountDefinition& held, Merge& merge)
{
  merge.field("sharedRedirect", given.shared_redirect, held.shared_redirect);
  merge.field("clientId", given.client_id, held.client_id);
  merge.field("flow", given.flow, held.flow);
  merge.field("scopes", given.scopes, held.scopes);
  merge.field("redirectUri", given.redirect_uri, held.redirect_uri);
  merge.field("urls", given.urls, held.urls);
  merge.field("params", as_map(given.params), held.params);
  merge.field("vars", as_map(given.vars), held.vars);
}

}  // namespace

Result<std::vector<std::string>> merge(const wire::Definition& given, AccountDefinition& held)
{
  if (auto known = refuse_later_fields(given); !known) return fail(known.error());
  Merge merge;
  merge_endpoints(given, held, merge);
  if (auto read =
          merge.word("clientAuth", given.client_auth, client_auth_from, held.client_auth, "basic, post or none");
      !read)
    return fail(read.error());
  if (auto read =
          merge.word("basicEncoding", given.basic_encoding, basic_encoding_from, held.basic_encoding, "form or raw");
      !read)
    return fail(read.error());
  merge_request(given, held, merge);
  return std::move(merge).changed();
}

}  // namespace tokend
