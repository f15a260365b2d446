#include "daemon/core/token_request.hpp"

#include "daemon/core/base64url.hpp"
#include "daemon/core/form.hpp"
#include "daemon/core/url.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

const Secret kSecret("s+c r:t%/\xC3\xBC");
constexpr std::string_view kClientId = "id of:client";

Provider provider_with(ClientAuth auth, BasicEncoding encoding = BasicEncoding::kForm)
{
  Provider provider;
  provider.token_endpoint = "https://auth.example/token";
  provider.device_endpoint = "https://auth.example/device";
  provider.client_auth = auth;
  provider.basic_encoding = encoding;
  return provider;
}

struct Addressed {
  Provider provider;
  Destination place;

  operator Recipient() const { return {provider, place}; }
};

Addressed addressed(Provider provider, const std::string& url)
{
  Destination place = AllowedOrigins({origin(*parse_url(url))}).admit(url).value();
  return {std::move(provider), std::move(place)};
}

Addressed token_endpoint(Provider provider)
{
  const std::string url = provider.token_endpoint;
  return addressed(std::move(provider), url);
}

std::string field(const HttpRequest& request, std::string_view name)
{
  for (const HttpField& candidate : request.fields)
    if (candidate.name == name) return std::string(candidate.value.reveal());
  return {};
}

std::vector<FormField> body(const HttpRequest& request) { return *parse_form(request.body.reveal()); }

using Fields = std::vector<FormField>;

TEST_CASE("what goes to a host that only metadata names may go to public addresses alone")
{
  Provider provider = provider_with(ClientAuth::kNone);
  provider.revocation_endpoint = "https://revoke.auth.example/";
  provider.announced_hosts = {"more.auth.example", "revoke.auth.example"};
  const Addressed revoking = addressed(provider, provider.revocation_endpoint);
  CHECK(revocation_request(revoking, {kClientId, nullptr}, Secret("t"), RevokedToken::kRefresh).only_public);
  CHECK_FALSE(refresh_request(token_endpoint(provider), {kClientId, nullptr}, Secret("t"), {}).only_public);
}

TEST_CASE("a code is exchanged with everything that was bound to it, once")
{
  const Secret code("c/1"), verifier("v");
  const auto request = code_request(token_endpoint(provider_with(ClientAuth::kPost)), {kClientId, &kSecret},
                                    {.code = code, .redirect_uri = "http://127.0.0.1:1/cb%20x", .verifier = &verifier});
  CHECK(request.url == "https://auth.example/token");
  CHECK(request.post);
  CHECK(request.spends_credential);
  CHECK(field(request, "Accept") == "application/json");
  CHECK(field(request, "Content-Type") == "application/x-www-form-urlencoded");
  CHECK(field(request, "Authorization").empty());
  CHECK(body(request) == Fields{{"grant_type", "authorization_code"},
                                {"code", "c/1"},
                                {"redirect_uri", "http://127.0.0.1:1/cb%20x"},
                                {"code_verifier", "v"},
                                {"client_id", std::string(kClientId)},
                                {"client_secret", std::string(kSecret.reveal())}});
}

TEST_CASE("a public client sends its id and no secret, even if it has one")
{
  const Secret code("c");
  const auto request = code_request(token_endpoint(provider_with(ClientAuth::kNone)), {kClientId, &kSecret},
                                    {.code = code, .redirect_uri = "u"});
  CHECK(body(request) == Fields{{"grant_type", "authorization_code"},
                                {"code", "c"},
                                {"redirect_uri", "u"},
                                {"client_id", std::string(kClientId)}});
}

TEST_CASE("Basic form-encodes id and secret before joining them, or takes them raw")
{
  const auto form =
      refresh_request(token_endpoint(provider_with(ClientAuth::kBasic)), {kClientId, &kSecret}, Secret("r"), {});
  CHECK(field(form, "Authorization") == "Basic " + base64_encode("id%20of%3Aclient:s%2Bc%20r%3At%25%2F%C3%BC"));
  const auto raw = refresh_request(token_endpoint(provider_with(ClientAuth::kBasic, BasicEncoding::kRaw)),
                                   {kClientId, &kSecret}, Secret("r"), {});
  CHECK(field(raw, "Authorization") == "Basic " + base64_encode("id of:client:s+c r:t%/\xC3\xBC"));
  CHECK(body(raw) == Fields{{"grant_type", "refresh_token"}, {"refresh_token", "r"}});
}

TEST_CASE("a refresh names scopes, resource and audience only where they were asked for")
{
  const TokenKey key{.scopes = {"a", "b"}, .resource = "https://r", .audience = "aud"};
  const auto request =
      refresh_request(token_endpoint(provider_with(ClientAuth::kBasic)), {kClientId, nullptr}, Secret("r"), key);
  CHECK(request.spends_credential);
  CHECK(body(request) == Fields{{"grant_type", "refresh_token"},
                                {"refresh_token", "r"},
                                {"scope", "a b"},
                                {"resource", "https://r"},
                                {"audience", "aud"}});
  CHECK(request.body.reveal().find("scope=a%20b") != std::string_view::npos);
}

TEST_CASE("client credentials spend nothing")
{
  const auto request = client_credentials_request(token_endpoint(provider_with(ClientAuth::kPost)), {"id", &kSecret},
                                                  {.scopes = {"x"}, .resource = {}, .audience = {}});
  CHECK_FALSE(request.spends_credential);
  CHECK(body(request) == Fields{{"grant_type", "client_credentials"},
                                {"scope", "x"},
                                {"client_id", "id"},
                                {"client_secret", std::string(kSecret.reveal())}});
}

TEST_CASE("a device login asks at the device endpoint with the account's parameters and polls at the token endpoint")
{
  const std::vector<std::string> scopes = {"a", "b"};
  const std::map<std::string, std::string> params = {{"audience", "x y"}};
  const Provider provider = provider_with(ClientAuth::kNone);
  const auto ask = device_authorization_request(addressed(provider, provider.device_endpoint), {"id", nullptr},
                                                {.scopes = scopes, .params = params});
  CHECK(ask.url == "https://auth.example/device");
  CHECK_FALSE(ask.spends_credential);
  CHECK(body(ask) == Fields{{"scope", "a b"}, {"audience", "x y"}, {"client_id", "id"}});
  const auto poll = device_poll_request(token_endpoint(provider), {"id", nullptr}, Secret("dc"));
  CHECK(poll.url == "https://auth.example/token");
  CHECK(poll.spends_credential);
  CHECK(body(poll) == Fields{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                             {"device_code", "dc"},
                             {"client_id", "id"}});
}

TEST_CASE("a device login names its client in the body too, for servers that do not look into Basic")
{
  const Secret secret("s");
  const auto ask = device_authorization_request(
      addressed(provider_with(ClientAuth::kBasic), "https://auth.example/device"), {"id", &secret}, {{"a"}, {}});
  CHECK(body(ask) == Fields{{"client_id", "id"}, {"scope", "a"}});
}

TEST_CASE("a revocation says what kind of token it is about")
{
  const Addressed to = addressed(provider_with(ClientAuth::kNone), "https://auth.example/revoke");
  const auto request = revocation_request(to, {"id", nullptr}, Secret("t"), RevokedToken::kRefresh);
  CHECK(request.url == "https://auth.example/revoke");
  CHECK_FALSE(request.spends_credential);
  CHECK(body(request) == Fields{{"token", "t"}, {"token_type_hint", "refresh_token"}, {"client_id", "id"}});
  CHECK(body(revocation_request(to, {"id", nullptr}, Secret("t"), RevokedToken::kAccess))[1].value == "access_token");
}

TEST_CASE("metadata is fetched without a body and without credentials")
{
  const auto request = metadata_request("https://auth.example/.well-known/openid-configuration");
  CHECK_FALSE(request.post);
  CHECK(request.body.empty());
  CHECK(request.fields.size() == 1);
  CHECK(field(request, "Accept") == "application/json");
}

TEST_CASE("no secret of a request stands in its URL")
{
  const auto request =
      refresh_request(token_endpoint(provider_with(ClientAuth::kBasic)), {"id", &kSecret}, Secret("canary"), {});
  CHECK(request.url.find("canary") == std::string::npos);
}

}  // namespace
}  // namespace tokend
