#include "tests/catch.hpp"
#include "tests/provider_double/conversation.hpp"
#include "tests/provider_double/text.hpp"

using namespace tokend::provider_double;

namespace {

std::string error_of(const Response& response) { return member(response, "error"); }

bool is_live(Conversation& conversation, const Response& token)
{
  return conversation.get("/resource", {}, member(token, "access_token")).status == 200;
}

}  // namespace

TEST_CASE("a code with the right verifier becomes tokens that open the resource")
{
  Conversation conversation;
  const auto answer = conversation.signed_in();
  REQUIRE(answer.status == 200);
  CHECK(header(answer, "Cache-Control") == "no-store");
  CHECK(member(answer, "token_type") == "Bearer");
  CHECK(member(answer, "expires_in") == "3600");
  CHECK(is_live(conversation, answer));
  CHECK(member(conversation.get("/userinfo", {}, member(answer, "access_token")), "email") == "ana@acme.example");
}

TEST_CASE("a wrong verifier is refused and burns the code")
{
  Conversation conversation;
  auto exchange = conversation.exchange_of(conversation.code());
  exchange["code_verifier"] = std::string(kVerifier.size(), 'a');
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
  exchange["code_verifier"] = kVerifier;
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
}

TEST_CASE("a missing verifier is refused")
{
  Conversation conversation;
  auto exchange = conversation.exchange_of(conversation.code());
  exchange.erase("code_verifier");
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
}

TEST_CASE("a code that is used again is refused and revokes what was issued from it")
{
  Conversation conversation;
  const auto exchange = conversation.exchange_of(conversation.code());
  const auto answer = conversation.post("/token", exchange);
  REQUIRE(is_live(conversation, answer));
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
  CHECK_FALSE(is_live(conversation, answer));
  CHECK(error_of(conversation.refresh(member(answer, "refresh_token"))) == "invalid_grant");
}

TEST_CASE("a code lives for 60 seconds")
{
  Conversation conversation;
  const auto exchange = conversation.exchange_of(conversation.code());
  conversation.provider.clock.advance(Seconds{60});
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
}

TEST_CASE("a redirect_uri that differs from the authorization request's is refused")
{
  Conversation conversation;
  auto exchange = conversation.exchange_of(conversation.code());
  exchange["redirect_uri"] += "/";
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_grant");
}

TEST_CASE("a wrong or missing client secret is refused with 401")
{
  Conversation conversation;
  auto exchange = conversation.exchange_of(conversation.code());
  exchange["client_id"] = "demo";
  exchange["client_secret"] = "demo-secreT";
  const auto answer = conversation.post_as({}, "/token", exchange);
  CHECK(answer.status == 401);
  CHECK(error_of(answer) == "invalid_client");
  CHECK_FALSE(header(answer, "WWW-Authenticate").empty());
  exchange.erase("client_secret");
  CHECK(error_of(conversation.post_as({}, "/token", exchange)) == "invalid_client");
}

TEST_CASE("a Basic secret is read form-encoded or raw, as the server is set")
{
  // base64 of demo:a%2Bb and demo:a+b
  const std::string form_encoded_header = "Basic ZGVtbzphJTJCYg==";
  const std::string raw_header = "Basic ZGVtbzphK2I=";
  Conversation conversation({.client_secret = "a+b"});
  const Form request = {{"grant_type", "client_credentials"}};
  CHECK(conversation.post_as(form_encoded_header, "/token", request).status == 200);
  CHECK(conversation.post_as(raw_header, "/token", request).status == 401);
  conversation.provider.settings.basic_encoding = BasicEncoding::raw;
  CHECK(conversation.post_as(form_encoded_header, "/token", request).status == 401);
  CHECK(conversation.post_as(raw_header, "/token", request).status == 200);
}

TEST_CASE("two ways of client authentication in one request are refused")
{
  Conversation conversation;
  const auto answer = conversation.post_as("Basic ZGVtbzpkZW1vLXNlY3JldA==", "/token",
                                           {{"grant_type", "client_credentials"}, {"client_secret", "demo-secret"}});
  CHECK(error_of(answer) == "invalid_request");
}

TEST_CASE("a public client signs in without a secret and may not send one")
{
  Conversation conversation({.client_secret = "", .client_auth = {"none"}});
  CHECK(conversation.signed_in().status == 200);
  auto exchange = conversation.exchange_of(conversation.code());
  exchange["client_secret"] = "x";
  CHECK(error_of(conversation.post("/token", exchange)) == "invalid_client");
}

TEST_CASE("a parameter given twice is refused")
{
  Conversation conversation;
  Request request{.method = "POST", .path = "/token", .body = "grant_type=client_credentials&scope=a&scope=b"};
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  CHECK(error_of(respond(conversation.provider, request)) == "invalid_request");
}

TEST_CASE("without rotation the refresh token stays and is not repeated")
{
  Conversation conversation({.rotation = Rotation::never});
  const auto refresh_token = member(conversation.signed_in(), "refresh_token");
  const auto answer = conversation.refresh(refresh_token);
  CHECK(answer.status == 200);
  CHECK(member(answer, "refresh_token").empty());
  CHECK(conversation.refresh(refresh_token).status == 200);
}

TEST_CASE("strict rotation: a superseded refresh token ends the family, the new tokens included")
{
  Conversation conversation;
  const auto first = member(conversation.signed_in(), "refresh_token");
  const auto answer = conversation.refresh(first);
  REQUIRE(is_live(conversation, answer));
  CHECK(error_of(conversation.refresh(first)) == "invalid_grant");
  CHECK_FALSE(is_live(conversation, answer));
  CHECK(error_of(conversation.refresh(member(answer, "refresh_token"))) == "invalid_grant");
  CHECK(conversation.provider.ledger.token_requests()[2].outside_leeway);
}

TEST_CASE("a superseded refresh token still works within the leeway and ends the family after it")
{
  Conversation conversation({.rotation = Rotation::leeway, .leeway = Seconds{10}});
  const auto first = member(conversation.signed_in(), "refresh_token");
  REQUIRE(conversation.refresh(first).status == 200);
  conversation.provider.clock.advance(Seconds{5});
  const auto second = conversation.refresh(first);
  CHECK(second.status == 200);
  CHECK_FALSE(conversation.provider.ledger.last_token_request().outside_leeway);
  conversation.provider.clock.advance(Seconds{6});
  CHECK(error_of(conversation.refresh(first)) == "invalid_grant");
  CHECK(conversation.provider.ledger.last_token_request().outside_leeway);
  CHECK(error_of(conversation.refresh(member(second, "refresh_token"))) == "invalid_grant");
}

TEST_CASE("a refresh may narrow the scope and not widen it")
{
  Conversation conversation({.rotation = Rotation::never});
  const auto refresh_token = member(conversation.signed_in(), "refresh_token");
  Form request = {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}, {"scope", "profile"}};
  CHECK(member(conversation.post("/token", request), "scope") == "profile");
  request["scope"] = "profile mail.all";
  CHECK(error_of(conversation.post("/token", request)) == "invalid_scope");
}

TEST_CASE("an access token dies at its expiry")
{
  Conversation conversation({.access_ttl = Seconds{8}});
  const auto answer = conversation.signed_in();
  CHECK(is_live(conversation, answer));
  conversation.provider.clock.advance(Seconds{8});
  CHECK_FALSE(is_live(conversation, answer));
}

TEST_CASE("client credentials give a token without a user and without a refresh token")
{
  Conversation conversation;
  const auto answer = conversation.post("/token", {{"grant_type", "client_credentials"}, {"scope", "openid"}});
  CHECK(answer.status == 200);
  CHECK(member(answer, "refresh_token").empty());
  CHECK(member(answer, "id_token").empty());
}

TEST_CASE("revoking the refresh token ends the login, revoking an access token ends that one alone")
{
  Conversation conversation;
  const auto first = conversation.signed_in();
  const auto second = conversation.refresh(member(first, "refresh_token"));
  CHECK(conversation.post("/revoke", {{"token", member(first, "access_token")}}).status == 200);
  CHECK_FALSE(is_live(conversation, first));
  CHECK(is_live(conversation, second));
  CHECK(conversation.post("/revoke", {{"token", member(second, "refresh_token")}}).status == 200);
  CHECK_FALSE(is_live(conversation, second));
  CHECK(conversation.post("/revoke", {{"token", "unknown"}}).status == 200);
  CHECK(conversation.post_as({}, "/revoke", {{"token", "unknown"}}).status == 401);
}

TEST_CASE("an ID token comes with scope openid, names the nonce, and /jwks has its key")
{
  Conversation conversation;
  conversation.scope = "openid";
  const auto id_token = member(conversation.signed_in(), "id_token");
  const auto payload = id_token.substr(id_token.find('.') + 1);
  CHECK(payload.find(base64url(R"({"iss":"http://127.0.0.1:1","sub":"ana","aud":"demo",)")) == 0);
  CHECK(conversation.get("/jwks").body.find("provider-double-1") != std::string::npos);
}

TEST_CASE("the ledger knows every secret and how often a credential was sent")
{
  Conversation conversation({.rotation = Rotation::never});
  conversation.scope = "openid";
  const auto refresh_token = member(conversation.signed_in(), "refresh_token");
  conversation.refresh(refresh_token);
  conversation.refresh(refresh_token);
  const auto& ledger = conversation.provider.ledger;
  CHECK(ledger.times_sent(refresh_token) == 2);
  CHECK(ledger.token_requests().size() == 3);
  for (const auto* kind : {"access_token", "refresh_token", "code", "code_verifier", "client_secret", "id_token"}) {
    CAPTURE(kind);
    CHECK_FALSE(ledger.secrets().at(kind).empty());
  }
}
