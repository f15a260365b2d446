#include "daemon/core/id_token.hpp"

#include "daemon/core/base64url.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr WallTime kNow{Seconds(1795471200)};
constexpr IdTokenRules kRules{.issuer = "https://id.example", .client_id = "client", .nonce = "n-1"};

Result<Identity> read(std::string claims, IdTokenRules rules = kRules, std::string header = R"({"alg":"RS256"})")
{
  return read_id_token(Secret(base64url_encode(header) + "." + base64url_encode(claims) + ".c2ln"), rules, kNow);
}

// Good claims with one member replaced; an empty value removes it.
std::string claims(std::string_view name = {}, std::string_view value = {})
{
  const std::pair<std::string_view, std::string_view> usual[] = {{"iss", R"("https://id.example")"},
                                                                 {"sub", R"("248289761001")"},
                                                                 {"aud", R"("client")"},
                                                                 {"exp", "1795471260"},
                                                                 {"nonce", R"("n-1")"},
                                                                 {"email", R"("ana@acme.example")"}};
  std::string json = "{\"x\":0";
  bool replaced = false;
  for (const auto& [key, usual_value] : usual) {
    const bool this_one = key == name;
    replaced |= this_one;
    if (this_one && value.empty()) continue;
    json += ",\"" + std::string(key) + "\":" + std::string(this_one ? value : usual_value);
  }
  if (!replaced && !name.empty()) json += ",\"" + std::string(name) + "\":" + std::string(value);
  return json + "}";
}

std::string refusal(std::string_view name, std::string_view value)
{
  const auto identity = read(claims(name, value));
  if (identity) return "";
  CHECK(identity.error().code == ErrorCode::kProviderRefused);
  return identity.error().reason;
}

TEST_CASE("a good ID token says who signed in")
{
  CHECK(read(claims()) == Identity{"https://id.example", "248289761001", "ana@acme.example"});
}

TEST_CASE("the label is the best name that the token has")
{
  CHECK(read(claims("email", ""))->label == "248289761001");
  CHECK(
      read(
          R"({"iss":"https://id.example","sub":"1","aud":["client"],"exp":1795471260,"nonce":"n-1","name":"Ana","preferred_username":"ana"})")
          ->label == "ana");
  CHECK(read(claims("email", R"("a\u001b[1m")"))->label == R"(a\x1B[1m)");
}

TEST_CASE("issuer, audience, party, expiry and nonce are each checked")
{
  for (const auto* iss : {"", R"("https://id.example/")", R"("https://evil.example")", "1"})
    CHECK(refusal("iss", iss).find("(iss)") != std::string::npos);
  for (const auto* aud : {"", R"("other")", "[]", R"(["other"])", "{}", R"(["client",1])"})
    CHECK(refusal("aud", aud).find("(aud)") != std::string::npos);
  CHECK(refusal("aud", R"(["client","other"])").find("(azp)") != std::string::npos);
  for (const auto* azp : {R"("other")", "1", "null"}) CHECK(refusal("azp", azp).find("(azp)") != std::string::npos);
  for (const auto* exp : {"", R"("1795471260")", "0", "-1"})
    CHECK(refusal("exp", exp).find("(exp)") != std::string::npos);
  for (const auto* nonce : {"", R"("n-2")", "1"}) CHECK(refusal("nonce", nonce).find("(nonce)") != std::string::npos);
  for (const auto* sub : {"", R"("")", "1"}) CHECK(refusal("sub", sub).find("(sub)") != std::string::npos);
  CHECK(refusal("sub", "\"" + std::string(256, 's') + "\"").find("(sub)") != std::string::npos);
}

TEST_CASE("several audiences are fine when the authorized party is us")
{
  CHECK(read(
      R"({"iss":"https://id.example","sub":"1","aud":["other","client"],"azp":"client","exp":1795471260,"nonce":"n-1"})"));
  CHECK(refusal("azp", R"("client")").empty());
}

TEST_CASE("an ID token may have expired less than a minute ago")
{
  CHECK(refusal("exp", "1795471141").empty());
  CHECK(refusal("exp", "1795471140").find("(exp)") != std::string::npos);
  CHECK(refusal("exp", "1795471141.5").empty());
}

TEST_CASE("the nonce is not looked at where none was sent")
{
  CHECK(read(claims("nonce", R"("whatever")"), {.issuer = kRules.issuer, .client_id = kRules.client_id}));
  CHECK(read(claims("nonce", ""), {.issuer = kRules.issuer, .client_id = kRules.client_id}));
}

TEST_CASE("an unsigned token is refused, and so is what is no JWT")
{
  CHECK_FALSE(read(claims(), kRules, R"({"alg":"none"})"));
  CHECK_FALSE(read(claims(), kRules, "{}"));
  CHECK_FALSE(read(claims(), kRules, "[]"));
  CHECK_FALSE(read("[]"));
  CHECK_FALSE(read("{"));
  for (const auto* text : {"", ".", "..", "a.b.c", "e30.e30", "e30.e30.e30.e30.e30", "e30.e30.", "=.=.="})
    CHECK_FALSE(read_id_token(Secret(text), kRules, kNow));
}

TEST_CASE("two identities are one person by issuer and subject, not by label")
{
  const Identity ana{"i", "1", "ana"};
  CHECK(ana.same_person({"i", "1", "Ana B."}));
  CHECK_FALSE(ana.same_person({"i", "2", "ana"}));
  CHECK_FALSE(ana.same_person({"j", "1", "ana"}));
}

}  // namespace
}  // namespace tokend
