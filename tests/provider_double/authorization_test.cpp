#include "tests/catch.hpp"
#include "tests/provider_double/conversation.hpp"
#include "tests/provider_double/redirect_uri.hpp"

using namespace tokend::provider_double;

TEST_CASE("a consent comes back with code, state and iss")
{
  Conversation conversation;
  const auto page = conversation.get("/authorize", conversation.authorization_request());
  REQUIRE(page.status == 200);
  const auto answer =
      conversation.post("/consent", {{"request", Conversation::consent_request(page)}, {"decision", "allow"}});
  const auto parameters = Conversation::redirect_parameters(answer);
  CHECK(header(answer, "Location").starts_with("http://127.0.0.1:28765/callback/demo?"));
  CHECK(parameters.get("code"));
  CHECK(parameters.get("state") == "the state & more");
  CHECK(parameters.get("iss") == "http://127.0.0.1:1");
}

TEST_CASE("a denied consent comes back with access_denied and the state")
{
  Conversation conversation;
  const auto page = conversation.get("/authorize", conversation.authorization_request());
  const auto answer =
      conversation.post("/consent", {{"request", Conversation::consent_request(page)}, {"decision", "deny"}});
  CHECK(Conversation::redirect_parameters(answer).get("error") == "access_denied");
  CHECK(Conversation::redirect_parameters(answer).get("state") == "the state & more");
}

TEST_CASE("a consent page counts once")
{
  Conversation conversation;
  const auto page = conversation.get("/authorize", conversation.authorization_request());
  const Form yes = {{"request", Conversation::consent_request(page)}, {"decision", "allow"}};
  CHECK(conversation.post("/consent", yes).status == 303);
  CHECK(conversation.post("/consent", yes).status == 400);
}

TEST_CASE("an unknown client or redirect URI is shown a page, never redirected")
{
  Conversation conversation({.redirect_uris = {"http://127.0.0.1:28765/callback/demo"}});
  auto request = conversation.authorization_request();
  request["client_id"] = "someone";
  CHECK(conversation.get("/authorize", request).status == 400);
  request = conversation.authorization_request();
  for (const auto* uri : {"http://127.0.0.1:28765/callback/demo/", "http://127.0.0.1:1/callback/demo",
                          "http://localhost:28765/callback/demo", "https://evil.example/"}) {
    request["redirect_uri"] = uri;
    CHECK(conversation.get("/authorize", request).status == 400);
  }
}

TEST_CASE("any_port ignores the port of a loopback redirect URI and nothing else")
{
  const Settings settings{.redirect_uris = {"http://127.0.0.1/cb"}, .redirect_matching = RedirectMatching::any_port};
  CHECK(is_registered(settings, "http://127.0.0.1:4000/cb"));
  CHECK_FALSE(is_registered(settings, "http://127.0.0.1:4000/other"));
  CHECK_FALSE(is_registered(settings, "http://localhost:4000/cb"));
  CHECK_FALSE(is_registered(settings, "http://127.0.0.1.evil.example/cb"));
  CHECK_FALSE(is_registered(settings, "http://127.0.0.1:4000@evil.example/cb"));
}

TEST_CASE("PKCE is demanded, and only S256 will do")
{
  Conversation conversation;
  auto request = conversation.authorization_request();
  request["code_challenge_method"] = "plain";
  CHECK(Conversation::redirect_parameters(conversation.get("/authorize", request)).get("error") == "invalid_request");
  request.erase("code_challenge");
  CHECK(Conversation::redirect_parameters(conversation.get("/authorize", request)).get("error") == "invalid_request");
  conversation.provider.settings.require_pkce = false;
  CHECK(conversation.get("/authorize", request).status == 200);
}

TEST_CASE("iss is left out or wrong when a test asks for it")
{
  Conversation conversation({.iss = IssParameter::omitted, .auto_consent = true});
  const auto authorize = [&] {
    return Conversation::redirect_parameters(conversation.get("/authorize", conversation.authorization_request()));
  };
  CHECK_FALSE(authorize().get("iss"));
  conversation.provider.settings.iss = IssParameter::wrong;
  CHECK(authorize().get("iss") == "https://someone-else.example");
}

TEST_CASE("a scope that cannot be granted is refused, a wider one is narrowed")
{
  Conversation conversation({.scopes = {"profile"}});
  CHECK(member(conversation.signed_in(), "scope") == "profile");
  auto request = conversation.authorization_request();
  request["scope"] = "mail.all";
  CHECK(Conversation::redirect_parameters(conversation.get("/authorize", request)).get("error") == "invalid_scope");
}

TEST_CASE("the metadata is the same at both places and can be switched off")
{
  Conversation conversation;
  const auto oidc = conversation.get("/.well-known/openid-configuration");
  CHECK(oidc.body_text() == conversation.get("/.well-known/oauth-authorization-server").body_text());
  CHECK(member(oidc, "issuer") == "http://127.0.0.1:1");
  conversation.provider.settings.discovery = false;
  CHECK(conversation.get("/.well-known/openid-configuration").status == 404);
}

TEST_CASE("what a page shows is escaped")
{
  Conversation conversation({.scopes = {}});
  auto request = conversation.authorization_request();
  request["scope"] = "<script>";
  const auto page = conversation.get("/authorize", request);
  CHECK(page.body.find("<script>") == std::string::npos);
  CHECK(page.body.find("&lt;script&gt;") != std::string::npos);
}
