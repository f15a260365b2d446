#include "daemon/core/discovery.hpp"

#include "daemon/core/provider.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr std::string_view kIssuer = "https://id.example";

AccountDefinition by_issuer(Flow flow = Flow::kCode)
{
  AccountDefinition definition;
  definition.issuer = kIssuer;
  definition.client_id = "c";
  definition.flow = flow;
  return definition;
}

Metadata usual_metadata()
{
  Metadata metadata;
  metadata.issuer = kIssuer;
  metadata.authorization_endpoint = "https://id.example/authorize";
  metadata.token_endpoint = "https://tokens.id.example/token";
  metadata.device_endpoint = "https://id.example/device";
  metadata.revocation_endpoint = "https://id.example:8443/revoke";
  return metadata;
}

TEST_CASE("the well-known URLs are those of OpenID Connect and RFC 8414, path and slash included")
{
  using Urls = std::vector<std::string>;
  CHECK(well_known_urls("https://h") ==
        Urls{"https://h/.well-known/openid-configuration", "https://h/.well-known/oauth-authorization-server"});
  CHECK(well_known_urls("https://h/") == well_known_urls("https://h"));
  CHECK(well_known_urls("https://h:8443/tenant/v2") ==
        Urls{"https://h:8443/tenant/v2/.well-known/openid-configuration",
             "https://h:8443/.well-known/oauth-authorization-server/tenant/v2"});
  CHECK(well_known_urls("https://h/tenant/") == Urls{"https://h/tenant/.well-known/openid-configuration",
                                                     "https://h/.well-known/oauth-authorization-server/tenant"});
  CHECK(well_known_urls("not a url").empty());
}

TEST_CASE("metadata is read, unknown members and wrong types are passed over")
{
  const auto metadata =
      parse_metadata(R"({"issuer":"https://id.example","authorization_endpoint":"https://id.example/a",
    "token_endpoint":"https://id.example/t","device_authorization_endpoint":"https://id.example/d",
    "revocation_endpoint":"https://id.example/r","token_endpoint_auth_methods_supported":["client_secret_post","none"],
    "authorization_response_iss_parameter_supported":true,
    "jwks_uri":17,"scopes_supported":[1,2]})",
                     kIssuer);
  REQUIRE(metadata);
  CHECK(metadata->token_endpoint == "https://id.example/t");
  CHECK(metadata->device_endpoint == "https://id.example/d");
  CHECK(metadata->token_auth_methods == std::vector<std::string>{"client_secret_post", "none"});
  CHECK(metadata->iss_parameter);
  const auto odd = parse_metadata(
      R"({"issuer":"https://id.example","token_endpoint":5,"token_endpoint_auth_methods_supported":"none"})", kIssuer);
  REQUIRE(odd);
  CHECK(odd->token_endpoint.empty());
  CHECK(odd->token_auth_methods.empty());
}

TEST_CASE("metadata of another issuer is not used, a slash or a capital letter included")
{
  for (const auto* other : {"https://id.example/", "https://ID.example", "https://evil.example", "http://id.example"}) {
    const auto metadata = parse_metadata(R"({"issuer":")" + std::string(other) + "\"}", kIssuer);
    REQUIRE_FALSE(metadata);
    CHECK(metadata.error().code == ErrorCode::kProviderRefused);
    CHECK(metadata.error().cause == "endpoint_changed");
    CHECK(metadata.error().reason.find(other) != std::string::npos);
  }
}

TEST_CASE("a page that is no metadata is a passing trouble")
{
  for (const auto* page : {"", "<html>", "[]", "{}", "{\"issuer\":1}", "{\"issuer\":\"https://id.example\""}) {
    const auto metadata = parse_metadata(page, kIssuer);
    REQUIRE_FALSE(metadata);
    CHECK(metadata.error().code == ErrorCode::kTemporarilyUnavailable);
  }
}

TEST_CASE("metadata kept as JSON is read back the same")
{
  Metadata metadata = usual_metadata();
  metadata.token_auth_methods = {"client_secret_basic"};
  metadata.iss_parameter = true;
  CHECK(parse_metadata(to_json(metadata), kIssuer) == metadata);
}

TEST_CASE("a provider is resolved from metadata at the issuer's host and below it")
{
  const Metadata metadata = usual_metadata();
  const auto provider = resolve(by_issuer(), &metadata, ClientSecret::kPresent);
  REQUIRE(provider);
  CHECK(provider->id == "oidc");
  CHECK(provider->issuer == kIssuer);
  CHECK(provider->token_endpoint == "https://tokens.id.example/token");
  CHECK(provider->refresh.rotation == RotationClass::kUnknown);
  CHECK(provider->refresh.margin == Seconds(300));
  CHECK(binding_origins(*provider) ==
        std::vector<std::string>{"https://id.example", "https://id.example:8443", "https://tokens.id.example"});
  CHECK(issuer_or_origin(*provider) == kIssuer);
}

TEST_CASE("an endpoint that metadata puts on another host refuses the login and names both hosts")
{
  Metadata metadata = usual_metadata();
  metadata.token_endpoint = "https://evil-id.example/token";
  const auto provider = resolve(by_issuer(), &metadata, ClientSecret::kAbsent);
  REQUIRE_FALSE(provider);
  CHECK(provider.error().code == ErrorCode::kProviderRefused);
  CHECK(provider.error().cause == "endpoint_changed");
  CHECK(provider.error().reason.find("evil-id.example") != std::string::npos);
  CHECK(provider.error().reason.find("of id.example") != std::string::npos);
}

TEST_CASE("an endpoint that a person gave is believed, and others at its host with it")
{
  Metadata metadata = usual_metadata();
  metadata.token_endpoint = "https://oauth2.googleapis.example/token";
  metadata.revocation_endpoint = "https://oauth2.googleapis.example/revoke";
  AccountDefinition definition = by_issuer();
  definition.token_endpoint = "https://oauth2.googleapis.example/v4/token";
  const auto provider = resolve(definition, &metadata, ClientSecret::kPresent);
  REQUIRE(provider);
  CHECK(provider->token_endpoint == "https://oauth2.googleapis.example/v4/token");
  CHECK(provider->revocation_endpoint == "https://oauth2.googleapis.example/revoke");
}

TEST_CASE("a host that only metadata names is told from those that a person has named")
{
  AccountDefinition definition = by_issuer();
  const Metadata metadata = usual_metadata();
  using Hosts = std::vector<std::string>;
  CHECK(resolve(definition, &metadata, ClientSecret::kAbsent)->announced_hosts == Hosts{"tokens.id.example"});
  definition.token_endpoint = "https://tokens.id.example/token";
  CHECK(resolve(definition, &metadata, ClientSecret::kAbsent)->announced_hosts.empty());
}

TEST_CASE("an endpoint that the flow does not need is left out rather than refused")
{
  Metadata metadata = usual_metadata();
  metadata.device_endpoint = metadata.revocation_endpoint = "https://elsewhere.example/x";
  const auto provider = resolve(by_issuer(), &metadata, ClientSecret::kAbsent);
  REQUIRE(provider);
  CHECK(provider->device_endpoint.empty());
  CHECK(provider->revocation_endpoint.empty());
  CHECK_FALSE(resolve(by_issuer(Flow::kDevice), &metadata, ClientSecret::kAbsent));
  metadata.authorization_endpoint.clear();
  CHECK(resolve(by_issuer(Flow::kClientCredentials), &metadata, ClientSecret::kPresent));
}

TEST_CASE("an endpoint that the flow needs and nobody names is missing for good, and named")
{
  Metadata metadata = usual_metadata();
  metadata.device_endpoint.clear();
  const Error unnamed = resolve(by_issuer(Flow::kDevice), &metadata, ClientSecret::kAbsent).error();
  CHECK(unnamed.code == ErrorCode::kProviderRefused);
  CHECK(unnamed.cause == "no_metadata");
  CHECK(unnamed.subject == "deviceEndpoint");
  AccountDefinition definition;
  definition.token_endpoint = "https://b.example/token";
  const Error missing = resolve(definition, nullptr, ClientSecret::kAbsent).error();
  CHECK(missing.code == ErrorCode::kInvalidDefinition);
  CHECK(missing.subject == "authorizationEndpoint");
  CHECK(missing.reason.contains("authorization endpoint"));
}

TEST_CASE("metadata may not point to plain http")
{
  Metadata metadata = usual_metadata();
  metadata.token_endpoint = "http://id.example/token";
  CHECK_FALSE(resolve(by_issuer(), &metadata, ClientSecret::kAbsent));
  AccountDefinition local = by_issuer();
  local.issuer = metadata.issuer = "http://127.0.0.1:9000";
  metadata.authorization_endpoint = "http://127.0.0.1:9000/a";
  metadata.token_endpoint = "http://127.0.0.1:9000/t";
  CHECK_FALSE(resolve(local, &metadata, ClientSecret::kAbsent));
  local.insecure_loopback = true;
  CHECK(resolve(local, &metadata, ClientSecret::kAbsent));
  metadata.token_endpoint = "http://127.0.0.2:9000/t";
  CHECK_FALSE(resolve(local, &metadata, ClientSecret::kAbsent));
}

TEST_CASE("client authentication is what was given, else what discovery offers, else basic with a secret")
{
  const auto chosen = [](std::vector<std::string> methods, ClientSecret secret, std::optional<ClientAuth> given = {}) {
    Metadata metadata = usual_metadata();
    metadata.token_auth_methods = std::move(methods);
    AccountDefinition definition = by_issuer();
    definition.client_auth = given;
    return resolve(definition, &metadata, secret)->client_auth;
  };
  CHECK(chosen({}, ClientSecret::kAbsent) == ClientAuth::kNone);
  CHECK(chosen({}, ClientSecret::kPresent) == ClientAuth::kBasic);
  CHECK(chosen({"client_secret_post", "client_secret_basic"}, ClientSecret::kPresent) == ClientAuth::kBasic);
  CHECK(chosen({"none", "client_secret_post"}, ClientSecret::kPresent) == ClientAuth::kPost);
  CHECK(chosen({"private_key_jwt"}, ClientSecret::kPresent) == ClientAuth::kBasic);
  CHECK(chosen({"client_secret_post"}, ClientSecret::kAbsent) == ClientAuth::kNone);
  CHECK(chosen({"client_secret_post"}, ClientSecret::kPresent, ClientAuth::kBasic) == ClientAuth::kBasic);
  CHECK(chosen({}, ClientSecret::kPresent, ClientAuth::kNone) == ClientAuth::kNone);
}

TEST_CASE("iss is required where it is announced, and where the redirect URI is shared")
{
  Metadata metadata = usual_metadata();
  AccountDefinition definition = by_issuer();
  CHECK_FALSE(resolve(definition, &metadata, ClientSecret::kAbsent)->iss_required);
  metadata.iss_parameter = true;
  CHECK(resolve(definition, &metadata, ClientSecret::kAbsent)->iss_required);
  metadata.iss_parameter = false;
  definition.shared_redirect = true;
  CHECK(resolve(definition, &metadata, ClientSecret::kAbsent)->iss_required);
}

TEST_CASE("explicit endpoints need no metadata")
{
  AccountDefinition definition;
  definition.authorization_endpoint = "https://a.example/authorize";
  definition.token_endpoint = "https://b.example:8443/token";
  definition.client_id = "c";
  CHECK_FALSE(needs_discovery(definition));
  const auto provider = resolve(definition, nullptr, ClientSecret::kPresent);
  REQUIRE(provider);
  CHECK(provider->id == "oauth2");
  CHECK(issuer_or_origin(*provider) == "https://b.example:8443");
  CHECK(binding_origins(*provider) == std::vector<std::string>{"https://b.example:8443"});
  CHECK(needs_discovery(by_issuer()));
  CHECK(resolve(by_issuer(), nullptr, ClientSecret::kAbsent).error().code == ErrorCode::kTemporarilyUnavailable);
}

}  // namespace
}  // namespace tokend
