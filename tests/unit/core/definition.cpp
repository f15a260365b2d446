#include "daemon/core/definition.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

AccountDefinition good()
{
  AccountDefinition definition;
  definition.issuer = "https://id.example/tenant";
  definition.client_id = "client";
  return definition;
}

AccountDefinition explicit_endpoints()
{
  AccountDefinition definition;
  definition.authorization_endpoint = "https://id.example/authorize";
  definition.token_endpoint = "https://id.example/token";
  definition.client_id = "client";
  return definition;
}

template <class Change> std::string refused_field(Change change, AccountDefinition definition = good())
{
  change(definition);
  const auto checked = validate(definition);
  if (checked) return "";
  CHECK(checked.error().code == ErrorCode::kInvalidDefinition);
  CHECK(checked.error().reason.size() > 15);
  return checked.error().subject;
}

using D = AccountDefinition;

TEST_CASE("a definition with an issuer, or with endpoints, is enough")
{
  CHECK(validate(good()));
  CHECK(validate(explicit_endpoints()));
  CHECK(provider_id(good()) == "oidc");
  CHECK(provider_id(explicit_endpoints()) == "oauth2");
}

TEST_CASE("a definition that names no provider or no client is refused")
{
  CHECK(refused_field([](D& d) { d.issuer.clear(); }) == "issuer");
  CHECK(refused_field([](D& d) { d.client_id.clear(); }) == "clientId");
  CHECK(refused_field([](D& d) { d.client_id = "a\nb"; }) == "clientId");
  CHECK(refused_field([](D& d) { d.client_id = std::string(2049, 'a'); }) == "clientId");
}

TEST_CASE("without an issuer a flow names the endpoints that it needs")
{
  CHECK(refused_field([](D& d) { d.token_endpoint.clear(); }, explicit_endpoints()) == "tokenEndpoint");
  CHECK(refused_field([](D& d) { d.authorization_endpoint.clear(); }, explicit_endpoints()) == "authorizationEndpoint");
  CHECK(refused_field([](D& d) { d.flow = Flow::kDevice; }, explicit_endpoints()) == "deviceEndpoint");
  CHECK(refused_field([](D& d) { d.flow = Flow::kClientCredentials, d.authorization_endpoint.clear(); },
                      explicit_endpoints())
            .empty());
  CHECK(refused_field([](D& d) { d.flow = Flow::kDevice; }).empty());
}

TEST_CASE("an endpoint is https without user information and fragment, or allowed http on this machine")
{
  CHECK(refused_field([](D& d) { d.issuer = "http://id.example"; }) == "issuer");
  CHECK(refused_field([](D& d) { d.issuer = "https://id.example?x=1"; }) == "issuer");
  CHECK(refused_field([](D& d) { d.token_endpoint = "https://u:p@id.example/t"; }) == "tokenEndpoint");
  CHECK(refused_field([](D& d) { d.authorization_endpoint = "https://id.example/a#f"; }) == "authorizationEndpoint");
  CHECK(refused_field([](D& d) { d.device_endpoint = "ftp://id.example/"; }) == "deviceEndpoint");
  CHECK(refused_field([](D& d) { d.revocation_endpoint = "id.example/r"; }) == "revocationEndpoint");
  CHECK(refused_field([](D& d) { d.issuer = "http://127.0.0.1:9000"; }) == "issuer");
  CHECK(refused_field([](D& d) { d.issuer = "http://127.0.0.1:9000", d.insecure_loopback = true; }).empty());
  CHECK(refused_field([](D& d) { d.issuer = "http://localhost:9000", d.insecure_loopback = true; }) == "issuer");
  CHECK(refused_field([](D& d) { d.issuer = "http://id.example", d.insecure_loopback = true; }) == "issuer");
}

TEST_CASE("parameters of the account may not override those of the request")
{
  for (const auto* ours :
       {"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
        "nonce", "request", "request_uri", "response_mode", "client_secret", "code_verifier", "grant_type"}) {
    CAPTURE(ours);
    CHECK(refused_field([&](D& d) { d.params[ours] = "x"; }) == "params");
  }
  CHECK(refused_field([](D& d) { d.params = {{"audience", "api.example"}, {"prompt", "consent"}}; }).empty());
  CHECK(refused_field([](D& d) { d.params[""] = "x"; }) == "params");
  CHECK(refused_field([](D& d) { d.params["x"] = "a\r\nb"; }) == "params");
  CHECK(refused_field([](D& d) { d.params["x"] = "\xFF"; }) == "params");
  CHECK(refused_field([](D& d) { d.vars["x"] = std::string("a\0b", 3); }) == "vars");
}

TEST_CASE("a redirect URI comes back to this machine")
{
  for (const auto* uri : {"http://127.0.0.1/cb", "http://localhost:28765/callback/atlassian", "http://[::1]:1/cb"})
    CHECK(refused_field([&](D& d) { d.redirect_uri = uri; }).empty());
  for (const auto* uri :
       {"http://example/cb", "http://127.0.0.1/cb#f", "http://u@127.0.0.1/cb", "cb", "http://127.0.0.1:0/cb"}) {
    CAPTURE(uri);
    CHECK(refused_field([&](D& d) { d.redirect_uri = uri; }) == "redirectUri");
  }
}

TEST_CASE("openid needs an issuer, which says whose ID token is right")
{
  CHECK(refused_field([](D& d) {
          d.scopes = {"openid"};
          d.issuer.clear();
          d.authorization_endpoint = "https://auth.example/a";
          d.token_endpoint = "https://auth.example/t";
        }) == "scopes");
  CHECK(refused_field([](D& d) {
          d.scopes = {"openid"};
          d.issuer = "https://auth.example";
        }).empty());
}

TEST_CASE("scopes are given one by one")
{
  CHECK(refused_field([](D& d) { d.scopes = {"read:jira-work", "https://www.googleapis.com/auth/x", "a,b"}; }).empty());
  for (const auto* scope : {"", "a b", "a\"b", "a\\b", "\xC3\xA9", "a\n"})
    CHECK(refused_field([&](D& d) { d.scopes = {"ok", scope}; }) == "scopes");
}

TEST_CASE("the account's URLs never send a token in the clear to another machine")
{
  CHECK(refused_field([](D& d) { d.urls = {"https://bitbucket.org/acme", "http://localhost:8080"}; }).empty());
  for (const auto* url : {"http://api.example", "api.example", "https://api.example/?q", "https://api.example/#f",
                          "https://u@api.example"})
    CHECK(refused_field([&](D& d) { d.urls = {url}; }) == "urls");
}

TEST_CASE("client credentials need a client that authenticates")
{
  CHECK(refused_field([](D& d) { d.flow = Flow::kClientCredentials, d.client_auth = ClientAuth::kNone; }) ==
        "clientAuth");
}

TEST_CASE("a definition survives its JSON, every field of it")
{
  AccountDefinition all = explicit_endpoints();
  all.issuer = "https://id.example";
  all.device_endpoint = "https://id.example/d";
  all.revocation_endpoint = "https://id.example/r";
  all.client_auth = ClientAuth::kPost;
  all.basic_encoding = BasicEncoding::kRaw;
  all.insecure_loopback = all.shared_redirect = true;
  all.flow = Flow::kDevice;
  all.scopes = {"b", "a"};
  all.redirect_uri = "http://127.0.0.1:1/cb";
  all.urls = {"https://x.example"};
  all.params = {{"p", "quote \" backslash \\ tab \t \xC3\xA9"}, {"empty", ""}};
  all.vars = {{"site", "acme"}};
  CHECK(definition_from_json(to_json(all)) == all);
  CHECK(definition_from_json(to_json(good())) == good());
}

TEST_CASE("the JSON is canonical and leaves defaults out")
{
  CHECK(to_json(good()) == R"({"clientId":"client","issuer":"https://id.example/tenant"})");
  AccountDefinition two = good();
  two.params = {{"b", "2"}, {"a", "1"}};
  CHECK(to_json(two) == R"({"clientId":"client","issuer":"https://id.example/tenant","params":{"a":"1","b":"2"}})");
}

TEST_CASE("stored JSON of a newer version is read for what is known, damaged JSON is not")
{
  CHECK(definition_from_json(R"({"clientId":"client","issuer":"https://id.example/tenant","later":{"x":[1]}})") ==
        good());
  CHECK_FALSE(definition_from_json("{"));
  CHECK_FALSE(definition_from_json("[]"));
}

}  // namespace
}  // namespace tokend
