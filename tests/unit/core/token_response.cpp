#include "daemon/core/token_response.hpp"

#include "daemon/core/form.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

TokenResponse tokens(std::string_view body)
{
  TokenReply reply = read_token_reply(200, body);
  if (auto* unreadable = std::get_if<Unreadable>(&reply)) FAIL(body.substr(0, 100) << ": " << unreadable->why);
  if (auto* error = std::get_if<OAuthError>(&reply)) FAIL(body.substr(0, 100) << ": " << error->error);
  return std::move(std::get<TokenResponse>(reply));
}

bool unreadable(std::string_view body) { return std::holds_alternative<Unreadable>(read_token_reply(200, body)); }

std::string with(std::string_view members) { return R"({"access_token":"A",)" + std::string(members) + "}"; }

using Texts = std::vector<std::string>;

TEST_CASE("a token reply as RFC 6749 has it is read whole")
{
  const auto read = tokens(R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,
    "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","refresh_token_expires_in":86400,"scope":"b a","id_token":"h.p.s",
    "example_parameter":{"nested":[1,2,3]}})");
  CHECK(read.access_token.reveal() == "2YotnFZFEjr1zCsicMWpAA");
  CHECK(read.token_type == "Bearer");
  CHECK(read.expires_in == Seconds(3600));
  CHECK(read.refresh_token.reveal() == "tGzv3JOkF0XG5Qx2TlKWIA");
  CHECK(read.refresh_expires_in == Seconds(86400));
  CHECK(read.scopes == Texts{"a", "b"});
  CHECK(read.id_token.reveal() == "h.p.s");
}

TEST_CASE("a form-encoded reply is read like a JSON one")
{
  const auto read =
      tokens("access_token=gho_16C7%2B&expires_in=28800&refresh_token=ghr_1&scope=repo%2Cgist&token_type=bearer\n");
  CHECK(read.access_token.reveal() == "gho_16C7+");
  CHECK(read.expires_in == Seconds(28800));
  CHECK(read.refresh_token.reveal() == "ghr_1");
  CHECK(read.scopes == Texts{"gist", "repo"});
}

TEST_CASE("a byte order mark and white space before the reply do no harm")
{
  CHECK(tokens("\xEF\xBB\xBF {\"access_token\":\"A\"}\r\n").access_token.reveal() == "A");
  CHECK(tokens("\xEF\xBB\xBF"
               "access_token=A")
            .access_token.reveal() == "A");
}

TEST_CASE("expires_in is read in every form that servers give it")
{
  const std::pair<const char*, std::optional<Seconds>> spellings[] = {
      {"3600", Seconds(3600)},
      {"\"3600\"", Seconds(3600)},
      {"3599.9", Seconds(3599)},
      {"\"3599.9\"", Seconds(3599)},
      {"1", Seconds(1)},
      {"3.6e3", Seconds(3600)},
      {"1000000000000", Seconds(315360000)},
      {"9223372036854775808", Seconds(315360000)},
      {"1e300", Seconds(315360000)},
      {"\" 3600\"", Seconds(3600)},
      {"\"3600 \"", Seconds(3600)},
      {"\"+3600\"", Seconds(3600)},
      {"\"inf\"", Seconds(315360000)},
      {"null", {}},
      {"\"\"", {}},
      {"\" \"", {}},
  };
  for (const auto& [text, seconds] : spellings) {
    CAPTURE(text);
    CHECK(tokens(with("\"expires_in\":" + std::string(text))).expires_in == seconds);
  }
  CHECK_FALSE(tokens(R"({"access_token":"A"})").expires_in);
}

TEST_CASE("an expires_in below one second is a token that has ended, not one that never does")
{
  for (const auto* text : {"0", "0.5", "-0", "-1", "\"0\"", "\"-1\"", "\"-inf\"", "-9223372036854775808"}) {
    CAPTURE(text);
    CHECK(tokens(with("\"expires_in\":" + std::string(text))).expires_in == Seconds(1));
  }
}

TEST_CASE("an expires_in that cannot be read is believed to be five minutes")
{
  for (const auto* text : {"\"soon\"", "\"1h\"", "\"3600s\"", "\"+-1\"", "\"+\"", "\"nan\"", "true", "[3600]", "{}"}) {
    CAPTURE(text);
    CHECK(tokens(with("\"expires_in\":" + std::string(text))).expires_in == Seconds(300));
  }
}

TEST_CASE("the refresh token's own lifetime is known by three names, and zero means unknown")
{
  CHECK(tokens(with(R"("refresh_expires_in":1800)")).refresh_expires_in == Seconds(1800));
  CHECK(tokens(with(R"("x_refresh_token_expires_in":"8726400")")).refresh_expires_in == Seconds(8726400));
  CHECK(tokens(with(R"("refresh_expires_in":0)")).refresh_expires_in == std::nullopt);
}

TEST_CASE("a refresh token that is missing, null, false or empty is none")
{
  for (const auto* text : {R"("x":1)", R"("refresh_token":null)", R"("refresh_token":"")", R"("refresh_token":false)"})
    CHECK(tokens(with(text)).refresh_token.empty());
  CHECK(tokens("access_token=A&refresh_token=").refresh_token.empty());
}

TEST_CASE("granted scopes may be called scope or scopes, and be a list or a text")
{
  CHECK(tokens(with(R"("scope":"a b  a")")).scopes == Texts{"a", "b"});
  CHECK(tokens(with(R"("scope":"repo,gist")")).scopes == Texts{"gist", "repo"});
  CHECK(tokens(with(R"("scopes":"repository account")")).scopes == Texts{"account", "repository"});
  CHECK(tokens(with(R"("scopes":"x","scope":"a")")).scopes == Texts{"a"});
  CHECK(tokens(with(R"("scope":"a","scopes":"x")")).scopes == Texts{"a"});
  CHECK(tokens(with(R"("scope":null,"scopes":["b","a"])")).scopes == Texts{"a", "b"});
  CHECK(tokens(with(R"("scope":["b","a c"])")).scopes == Texts{"a", "b", "c"});
  CHECK(tokens(with(R"("scope":"a b\u0007 \u00e9")")).scopes == Texts{"a"});
  for (const auto* none : {R"("scope":null)", R"("scope":"")", R"("scope":{})", R"("scope":[1])"})
    CHECK(tokens(with(none)).scopes.empty());
}

TEST_CASE("a token whose type asks for a proof with each use is refused, however it is spelled")
{
  for (const auto* type : {R"("DPoP")", R"("dpop ")", R"("PoP")", R"("mac")", R"(" MAC")", R"("N_A")"})
    CHECK(unreadable(with("\"token_type\":" + std::string(type))));
}

TEST_CASE("a token of any other type is one to bear, and is called so")
{
  for (const auto* type : {R"("bearer")", R"("Bearer")", R"("BEARER")", R"("bearer ")", R"("bot")", R"("user")",
                           R"("User Access Token")", R"("\u00e9")", R"("")", "null", "1", "{}"})
    CHECK(tokens(with("\"token_type\":" + std::string(type))).token_type == "Bearer");
  CHECK(tokens("access_token=A&token_type=bot").token_type == "Bearer");
}

TEST_CASE("an odd byte beside the tokens does not cost them")
{
  const std::string nuls("{\"access_token\":\"A\"}\0 \0\n", 25);
  CHECK(tokens(nuls).access_token.reveal() == "A");
  CHECK(tokens(std::string("access_token=A\0", 15)).access_token.reveal() == "A");
  for (const auto* odd : {"\"caf\xE9\"", "\"\xFF\xC3\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", R"("\ud800")",
                          R"("\udc00\ud800x")", R"("\ud83d\u0041")", "\"two\nlines\"", "18446744073709551616",
                          "-99999999999999999999999999", R"(["\uD800",18446744073709551616])"}) {
    CAPTURE(odd);
    const auto read = tokens(R"({"x":)" + std::string(odd) + R"(,"access_token":"A\\B\"","refresh_token":"R"})");
    CHECK(read.access_token.reveal() == "A\\B\"");
    CHECK(read.refresh_token.reveal() == "R");
  }
}

TEST_CASE("what is mended beside the tokens leaves everything else as it was sent")
{
  const auto read = tokens(
      "{\"x\":\"\xFF\",\"access_token\":\"12345678901234567890123\",\"y\":\"\\ud83d\\ude00\\\\ud800\","
      "\"expires_in\":18446744073709551616,\"scope\":\"a\"}");
  CHECK(read.access_token.reveal() == "12345678901234567890123");
  CHECK(read.expires_in == Seconds(315360000));
  CHECK(read.scopes == Texts{"a"});
  CHECK(unreadable("{\"x\":\"\xFF\",\"access_token\":\"A\""));
  CHECK(unreadable("{\"x\":\"\xFF"));
  CHECK(unreadable("{\"x\":\"\\"));
  CHECK(unreadable("{\"x\":\"\\ud8"));
}

TEST_CASE("an error is an error in a 2xx body too, token or not")
{
  const auto error_in = [](int status, std::string_view body) {
    const TokenReply reply = read_token_reply(status, body);
    const auto* error = std::get_if<OAuthError>(&reply);
    return error ? error->error + "/" + error->description : "none";
  };
  CHECK(error_in(200, R"({"error":"bad_verification_code","error_description":"expired"})") ==
        "bad_verification_code/expired");
  CHECK(error_in(200, R"({"ok":false,"error":"invalid_refresh_token"})") == "invalid_refresh_token/");
  CHECK(error_in(200, "error=slow_down&error_description=a%20b") == "slow_down/a b");
  CHECK(error_in(200, with(R"("error":"invalid_grant")")) == "invalid_grant/");
  CHECK(error_in(400, R"({"error":"invalid_grant"})") == "invalid_grant/");
  CHECK(error_in(503, R"({"error":"temporarily_unavailable"})") == "temporarily_unavailable/");
  CHECK(error_in(200, with(R"("error":null)")) == "none");
  CHECK(error_in(200, with(R"("error":"")")) == "none");
  CHECK(error_in(400, R"({"error":{"code":400,"message":"no"}})") == "none");
}

TEST_CASE("an error's texts are cut at a length that fits into a line")
{
  const std::string body =
      R"({"error":")" + std::string(5000, 'e') + R"(","error_description":")" + std::string(5000, 'd') + "\"}";
  const TokenReply reply = read_token_reply(400, body);
  CHECK(std::get<OAuthError>(reply).error.size() == 64);
  CHECK(std::get<OAuthError>(reply).description.size() == 512);
}

TEST_CASE("a token is taken from a 2xx only")
{
  for (const int status : {0, 100, 199, 300, 302, 400, 401, 500, 600})
    CHECK(std::holds_alternative<Unreadable>(read_token_reply(status, R"({"access_token":"A"})")));
  CHECK(std::holds_alternative<TokenResponse>(read_token_reply(201, R"({"access_token":"A"})")));
}

TEST_CASE("a reply that repeats a token is refused")
{
  for (const auto* name : {"access_token", "refresh_token", "id_token"}) {
    CAPTURE(name);
    const std::string member = "\"" + std::string(name) + "\":\"X\"";
    CHECK(unreadable("{\"access_token\":\"A\"," + member + "," + member + "}"));
    CHECK(unreadable("access_token=A&" + std::string(name) + "=1&" + std::string(name) + "=1"));
  }
  CHECK(tokens(with(R"("scope":"a","scope":"b","expires_in":5,"expires_in":6)")).expires_in == Seconds(5));
}

TEST_CASE("a token with a character that could break a line protocol is refused")
{
  for (const auto* bad : {R"(a\nb)", R"(a\rb)", R"(a\u0000b)", R"(a\tb)", R"(\u007f)", R"(\u00e9)"}) {
    CAPTURE(bad);
    CHECK(unreadable(R"({"access_token":")" + std::string(bad) + "\"}"));
    CHECK(unreadable(with(R"("refresh_token":")" + std::string(bad) + "\"")));
    CHECK(unreadable(with(R"("id_token":")" + std::string(bad) + "\"")));
  }
  CHECK(unreadable("access_token=a%0Ab"));
  for (const auto* type : {"1", "true", "{}", "[\"A\"]"})
    CHECK(unreadable(R"({"access_token":)" + std::string(type) + "}"));
}

TEST_CASE("what is no token reply is unreadable and says so without quoting it")
{
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  const std::string bodies[] = {"",
                                " ",
                                "null",
                                "[]",
                                "\"access_token\"",
                                "{",
                                "{\"access_token\":\"A\"",
                                "{}",
                                "access_token=",
                                R"({"access_token":""})",
                                R"({"access_token":null})",
                                "<html><body>access_token=canary</body></html>",
                                "{\"access_token\":\"\xFF\"}",
                                R"({"access_token":"A"} x)",
                                with("\"x\":" + deep),
                                std::string("{\"access_token\":\"A\"}\0x", 22),
                                R"({"access_token":"\ud800"})",
                                R"({"access_token":"A","refresh_token":true})",
                                "canary%zz"};
  for (const auto& body : bodies) {
    CAPTURE(body);
    const TokenReply reply = read_token_reply(200, body);
    REQUIRE(std::holds_alternative<Unreadable>(reply));
    CHECK(std::get<Unreadable>(reply).why.find("canary") == std::string::npos);
    CHECK(std::get<Unreadable>(reply).why.starts_with("the answer "));
  }
}

TEST_CASE("text of a provider is shown as printable ASCII of a bounded length")
{
  CHECK(escaped("plain text: <b>&'") == "plain text: <b>&'");
  CHECK(escaped("a\x1B[31m\"\\\n\xC3\xA9\x7F") == R"(a\x1B[31m\x22\x5C\x0A\xC3\xA9\x7F)");
  CHECK(escaped("abcdef", 3) == "abc...");
  CHECK(escaped("abc", 3) == "abc");
}

}  // namespace
}  // namespace tokend
