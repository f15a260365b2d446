#include "daemon/core/provider.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <set>
#include <utility>

#include "daemon/core/url.hpp"

namespace tokend {
namespace {

constexpr std::string_view kBasicMethod = "client_secret_basic";
constexpr std::string_view kPostMethod = "client_secret_post";

// Who may name an endpoint: a person may name any, metadata only one where the issuer, or a person, already is.
class TrustedHosts {
 public:
  explicit TrustedHosts(const AccountDefinition& definition) : definition_(definition)
  {
    if (auto issuer = parse_url(definition.issuer)) issuer_ = std::move(*issuer);
    for (const std::string* given : {&definition.authorization_endpoint, &definition.token_endpoint,
                                     &definition.device_endpoint, &definition.revocation_endpoint})
      if (auto url = parse_url(*given)) given_.push_back(std::move(*url));
  }

  bool has_issuer() const { return !definition_.issuer.empty(); }

  bool named_by_person(const Url& url) const
  {
    return url.host == issuer_.host ||
           std::ranges::any_of(given_, [&](const Url& given) { return given.host == url.host; });
  }

  Result<void> accept(std::string_view name, const std::string& endpoint) const
  {
    const auto url = parse_endpoint(endpoint, definition_.insecure_loopback);
    if (!url)
      return refuse("the metadata of " + definition_.issuer + " names a " + std::string(name) + " that " +
                    url.error().reason);
    if (named_by_person(*url) || is_host_or_subdomain(*url, issuer_)) return {};
    return refuse("the metadata of " + issuer_.host + " sends the " + std::string(name) + " to another host, " +
                  url->host + ": give the endpoints yourself if that is right");
  }

 private:
  static std::unexpected<Error> refuse(std::string why)
  {
    return fail({.code = ErrorCode::kProviderRefused, .reason = std::move(why), .cause = "endpoint_changed"});
  }

  const AccountDefinition& definition_;
  Url issuer_;
  std::vector<Url> given_;
};

struct Endpoint {
  std::string_view name;         // as people read it
  const std::string& given;      // by the definition; wins
  const std::string* announced;  // by metadata; nullptr: there is none
  std::string_view field;        // of the definition
  bool needed;
};

std::string not_known(const Endpoint& endpoint, std::string_view why)
{
  return "the " + std::string(endpoint.name) + " is not known: " + std::string(why);
}

// That the flow needs. Where metadata is still to come it may yet be named; else only a person can name it.
Error missing(const Endpoint& endpoint, const TrustedHosts& trusted)
{
  const std::string field(endpoint.field);
  if (endpoint.announced)
    return {.code = ErrorCode::kProviderRefused,
            .reason = not_known(endpoint, "the provider's metadata does not name one"),
            .cause = "no_metadata",
            .subject = field};
  if (trusted.has_issuer())
    return {.code = ErrorCode::kTemporarilyUnavailable,
            .reason = not_known(endpoint, "discovery has not run"),
            .cause = "provider_error"};
  return {.code = ErrorCode::kInvalidDefinition,
          .reason = not_known(endpoint, "the definition has neither it nor an issuer that could name it"),
          .subject = field};
}

Result<std::string> choose(const Endpoint& endpoint, const TrustedHosts& trusted)
{
  if (!endpoint.given.empty()) return endpoint.given;
  if (!endpoint.announced || endpoint.announced->empty()) {
    if (!endpoint.needed) return std::string();
    return fail(missing(endpoint, trusted));
  }
  const auto accepted = trusted.accept(endpoint.name, *endpoint.announced);
  if (accepted) return *endpoint.announced;
  if (endpoint.needed) return fail(accepted.error());
  return std::string();
}

// What discovery offers, else basic with a secret and none without. RFC 8414: a provider that announces nothing means
// basic. Never found out by trying: a code that is spent on a guess is lost.
ClientAuth default_auth(const Metadata* metadata, ClientSecret secret)
{
  if (secret == ClientSecret::kAbsent) return ClientAuth::kNone;
  if (!metadata || metadata->token_auth_methods.empty()) return ClientAuth::kBasic;
  const auto offers = [&](std::string_view method) {
    return std::ranges::find(metadata->token_auth_methods, method) != metadata->token_auth_methods.end();
  };
  return !offers(kBasicMethod) && offers(kPostMethod) ? ClientAuth::kPost : ClientAuth::kBasic;
}

std::vector<std::string> origins_of(std::initializer_list<const std::string*> places)
{
  std::set<std::string> origins;
  for (const std::string* place : places)
    if (const auto url = parse_url(*place)) origins.insert(origin(*url));
  return {origins.begin(), origins.end()};
}

struct Needs {
  bool authorization, device;
};

Needs needs_of(const AccountDefinition& definition, Purpose purpose)
{
  const bool login = purpose == Purpose::kLogin;
  return {.authorization = login && definition.flow == Flow::kCode,
          .device = login && definition.flow == Flow::kDevice};
}

Result<void> choose_endpoints(const AccountDefinition& definition, const Metadata* metadata, Needs needs,
                              Provider& provider)
{
  const TrustedHosts trusted(definition);
  const auto of = [&](std::string Metadata::* member) { return metadata ? &(metadata->*member) : nullptr; };
  const std::pair<Endpoint, std::string*> endpoints[] = {
      {{"authorization endpoint", definition.authorization_endpoint, of(&Metadata::authorization_endpoint),
        "authorizationEndpoint", needs.authorization},
       &provider.authorization_endpoint},
      {{"token endpoint", definition.token_endpoint, of(&Metadata::token_endpoint), "tokenEndpoint", true},
       &provider.token_endpoint},
      {{"device authorization endpoint", definition.device_endpoint, of(&Metadata::device_endpoint), "deviceEndpoint",
        needs.device},
       &provider.device_endpoint},
      {{"revocation endpoint", definition.revocation_endpoint, of(&Metadata::revocation_endpoint), "revocationEndpoint",
        false},
       &provider.revocation_endpoint}};
  for (const auto& [endpoint, chosen] : endpoints) {
    auto url = choose(endpoint, trusted);
    if (!url) return fail(url.error());
    *chosen = std::move(*url);
    const auto where = parse_url(*chosen);
    if (where && !trusted.named_by_person(*where)) provider.announced_hosts.push_back(where->host);
  }
  std::ranges::sort(provider.announced_hosts);
  provider.announced_hosts.erase(std::ranges::unique(provider.announced_hosts).begin(), provider.announced_hosts.end());
  return {};
}

}  // namespace

Result<Provider> resolve(const AccountDefinition& definition, const Metadata* metadata, ClientSecret secret,
                         Purpose purpose)
{
  Provider provider;
  provider.id = provider_id(definition);
  provider.issuer = definition.issuer;
  provider.client_auth = client_auth_of(definition, metadata, secret);
  provider.basic_encoding = definition.basic_encoding;
  // A redirect URI that two issuers share protects nobody from mix-up: then the response must say whose it is.
  provider.iss_required = (metadata && metadata->iss_parameter) || definition.shared_redirect;
  const Needs needs = needs_of(definition, purpose);
  if (auto chosen = choose_endpoints(definition, metadata, needs, provider); !chosen) return fail(chosen.error());
  return provider;
}

ClientAuth client_auth_of(const AccountDefinition& definition, const Metadata* metadata, ClientSecret secret)
{
  return definition.client_auth.value_or(default_auth(metadata, secret));
}

bool needs_discovery(const AccountDefinition& definition) { return !definition.issuer.empty(); }

std::vector<std::string> binding_origins(const Provider& provider)
{
  return origins_of({&provider.token_endpoint, &provider.revocation_endpoint, &provider.device_endpoint});
}

std::vector<std::string> secret_origins(const AccountDefinition& definition)
{
  return origins_of(
      {&definition.issuer, &definition.token_endpoint, &definition.revocation_endpoint, &definition.device_endpoint});
}

AllowedOrigins allowed_origins(const AccountDefinition& definition, const std::vector<std::string>& fixed,
                               const Provider& found)
{
  AllowedOrigins allowed(secret_origins(definition));
  allowed.add(fixed.empty() ? binding_origins(found) : fixed);
  return allowed;
}

std::vector<std::string> new_origins(const AccountDefinition& before, const AccountDefinition& after)
{
  std::vector<std::string> origins;
  std::ranges::set_difference(secret_origins(after), secret_origins(before), std::back_inserter(origins));
  return origins;
}

bool outgrows(const AccountDefinition& wanted, const AccountDefinition& consented)
{
  if (wanted.flow == Flow::kClientCredentials) return false;
  const auto set_of = [](const std::vector<std::string>& scopes) { return std::set(scopes.begin(), scopes.end()); };
  return set_of(wanted.scopes) != set_of(consented.scopes) || !new_origins(consented, wanted).empty();
}

Result<void> check_secret(const AccountDefinition& definition, ClientSecret secret)
{
  const ClientAuth auth = definition.client_auth.value_or(ClientAuth::kNone);
  const bool needed = auth != ClientAuth::kNone || definition.flow == Flow::kClientCredentials;
  if (!needed || secret == ClientSecret::kPresent) return {};
  const std::string what =
      auth == ClientAuth::kNone ? "flow client_credentials" : "client authentication " + std::string(name_of(auth));
  return fail({.code = ErrorCode::kInvalidDefinition,
               .reason = what + " needs a secret: give --client-secret-file FILE, or - for stdin",
               .subject = "clientSecret"});
}

std::string issuer_or_origin(const Provider& provider)
{
  if (!provider.issuer.empty()) return provider.issuer;
  const auto token_endpoint = parse_url(provider.token_endpoint);
  return token_endpoint ? origin(*token_endpoint) : std::string();
}

}  // namespace tokend
