#include "daemon/core/error_rules.hpp"

#include "tests/catch.hpp"

namespace tokend {
namespace {

constexpr WallTime kNow{Seconds(1795471200)};

HttpReply reply_of(int status, std::string body, std::string retry_after = {})
{
  HttpReply reply{.status = status, .fields = {}, .body = Secret(std::move(body))};
  if (!retry_after.empty()) reply.fields.push_back({"retry-after", Secret(std::move(retry_after))});
  return reply;
}

Judgement judged(int status, std::string body, std::string retry_after = {}, AttemptKind kind = AttemptKind::kRefresh)
{
  const HttpOutcome outcome = reply_of(status, std::move(body), std::move(retry_after));
  return judge(outcome, {.kind = kind, .host = "auth.example"}, kNow);
}

std::string error_body(std::string_view code) { return R"({"error":")" + std::string(code) + "\"}"; }

Outcome failed(HttpTrouble trouble, Sent sent)
{
  return judge(std::unexpected(HttpFailure{trouble, sent, {}}), {}, kNow).outcome;
}

constexpr HttpTrouble kTroubles[] = {HttpTrouble::kDns,      HttpTrouble::kConnect,  HttpTrouble::kPrivateAddress,
                                     HttpTrouble::kTls,      HttpTrouble::kTimeout,  HttpTrouble::kReset,
                                     HttpTrouble::kTooLarge, HttpTrouble::kCancelled};

TEST_CASE("a request whose body was never handed out was not sent, whatever went wrong")
{
  for (const auto trouble : kTroubles) {
    CHECK(failed(trouble, Sent::kNo) == Outcome::kNotSent);
    CHECK(failed(trouble, Sent::kMaybe) == Outcome::kInDoubt);
  }
}

TEST_CASE("every failure of the network is transient and names its cause and host")
{
  const std::pair<HttpTrouble, std::string> causes[] = {{HttpTrouble::kDns, "dns"},
                                                        {HttpTrouble::kConnect, "network"},
                                                        {HttpTrouble::kPrivateAddress, "network"},
                                                        {HttpTrouble::kTls, "tls"},
                                                        {HttpTrouble::kTimeout, "timed_out"},
                                                        {HttpTrouble::kReset, "network"},
                                                        {HttpTrouble::kTooLarge, "provider_error"},
                                                        {HttpTrouble::kCancelled, "network"}};
  for (const auto& [trouble, cause] : causes) {
    const Judgement judgement =
        judge(std::unexpected(HttpFailure{trouble, Sent::kMaybe, {}}), {.host = "auth.example"}, kNow);
    CHECK(judgement.what == ErrorClass::kTransient);
    CHECK(judgement.cause == cause);
    CHECK(judgement.sentence.find("auth.example") != std::string::npos);
  }
}

TEST_CASE("a private address is told of the host that has it, with what to do if that is right")
{
  const HttpFailure failure{HttpTrouble::kPrivateAddress, Sent::kNo, "device.auth.example: its address is private"};
  CHECK(judge(std::unexpected(failure), {.host = "auth.example"}, kNow).sentence ==
        "device.auth.example: its address is private; give the endpoint yourself if that is right");
}

// The whole truth table: a row says what a status means for each kind of body, with and without Retry-After.
struct Row {
  int status;
  Outcome tokens, error, unreadable;                 // no Retry-After
  Outcome told_tokens, told_error, told_unreadable;  // with one
};
constexpr auto kR = Outcome::kRefused, kA = Outcome::kAnswered, kD = Outcome::kInDoubt;
constexpr Row kRows[] = {
    {0, kD, kD, kD, kD, kD, kD},   {100, kD, kD, kD, kD, kD, kD}, {199, kD, kD, kD, kD, kD, kD},
    {200, kA, kR, kA, kA, kR, kA}, {201, kA, kR, kA, kA, kR, kA}, {204, kA, kR, kA, kA, kR, kA},
    {299, kA, kR, kA, kA, kR, kA}, {300, kD, kD, kD, kD, kD, kD}, {302, kD, kD, kD, kD, kD, kD},
    {307, kD, kD, kD, kD, kD, kD}, {399, kD, kD, kD, kD, kD, kD}, {400, kD, kR, kD, kD, kR, kD},
    {401, kD, kR, kD, kD, kR, kD}, {403, kD, kR, kD, kD, kR, kD}, {404, kD, kR, kD, kD, kR, kD},
    {408, kD, kR, kD, kD, kR, kD}, {428, kD, kR, kD, kD, kR, kD}, {429, kR, kR, kR, kR, kR, kR},
    {499, kD, kR, kD, kD, kR, kD}, {500, kD, kD, kD, kD, kD, kD}, {502, kD, kD, kD, kD, kD, kD},
    {503, kD, kD, kD, kR, kR, kR}, {504, kD, kD, kD, kD, kD, kD}, {599, kD, kD, kD, kD, kD, kD},
    {600, kD, kD, kD, kD, kD, kD}, {999, kD, kD, kD, kD, kD, kD},
};

TEST_CASE("the outcome of every status with every kind of body is the table's")
{
  const std::string token_bodies[] = {R"({"access_token":"A","refresh_token":"R"})", "access_token=A"};
  const std::string error_bodies[] = {error_body("invalid_grant"), error_body("server_error"),
                                      error_body("never_heard_of"), "error=invalid_client",
                                      R"({"access_token":"A","error":"invalid_scope"})"};
  const std::string unreadable_bodies[] = {
      "", "<html>503</html>", "{", "{}", "[]", R"({"message":"no"})", R"({"error":""})"};
  for (const Row& row : kRows) {
    CAPTURE(row.status);
    for (const auto& body : token_bodies) {
      CHECK(judged(row.status, body).outcome == row.tokens);
      CHECK(judged(row.status, body, "5").outcome == row.told_tokens);
    }
    for (const auto& body : error_bodies) {
      CAPTURE(body);
      CHECK(judged(row.status, body).outcome == row.error);
      CHECK(judged(row.status, body, "5").outcome == row.told_error);
    }
    for (const auto& body : unreadable_bodies) {
      CAPTURE(body);
      CHECK(judged(row.status, body).outcome == row.unreadable);
      CHECK(judged(row.status, body, "5").outcome == row.told_unreadable);
    }
  }
}

struct Code {
  std::string error;
  ErrorClass refresh, device;
  std::string cause;
};
const Code kCodes[] = {
    {"invalid_grant", ErrorClass::kRelogin, ErrorClass::kRelogin, "refresh_token_revoked"},
    {"expired_token", ErrorClass::kRelogin, ErrorClass::kRelogin, "refresh_token_expired"},
    {"bad_refresh_token", ErrorClass::kRelogin, ErrorClass::kRelogin, "refresh_token_revoked"},
    {"invalid_refresh_token", ErrorClass::kRelogin, ErrorClass::kRelogin, "refresh_token_revoked"},
    {"bad_verification_code", ErrorClass::kRelogin, ErrorClass::kRelogin, "refresh_token_revoked"},
    {"incorrect_client_credentials", ErrorClass::kConfig, ErrorClass::kConfig, "bad_client"},
    {"invalid_client", ErrorClass::kConfig, ErrorClass::kConfig, "bad_client"},
    {"unauthorized_client", ErrorClass::kConfig, ErrorClass::kConfig, "bad_client"},
    {"unsupported_grant_type", ErrorClass::kConfig, ErrorClass::kConfig, "bad_client"},
    {"invalid_request", ErrorClass::kConfig, ErrorClass::kConfig, "bad_client"},
    {"invalid_scope", ErrorClass::kConfig, ErrorClass::kConfig, "bad_scope"},
    {"invalid_target", ErrorClass::kConfig, ErrorClass::kConfig, "bad_scope"},
    {"redirect_uri_mismatch", ErrorClass::kConfig, ErrorClass::kConfig, "bad_redirect"},
    {"access_denied", ErrorClass::kUserDenied, ErrorClass::kUserDenied, "user_denied"},
    {"authorization_declined", ErrorClass::kUserDenied, ErrorClass::kUserDenied, "user_denied"},
    {"interaction_required", ErrorClass::kConsent, ErrorClass::kConsent, "consent_required"},
    {"consent_required", ErrorClass::kConsent, ErrorClass::kConsent, "consent_required"},
    {"login_required", ErrorClass::kConsent, ErrorClass::kConsent, "consent_required"},
    {"temporarily_unavailable", ErrorClass::kTransient, ErrorClass::kTransient, "provider_error"},
    {"server_error", ErrorClass::kTransient, ErrorClass::kTransient, "provider_error"},
    {"slow_down", ErrorClass::kThrottle, ErrorClass::kSlowDown, "rate_limited"},
    {"authorization_pending", ErrorClass::kTransient, ErrorClass::kPending, ""},
    {"never_heard_of", ErrorClass::kTransient, ErrorClass::kTransient, "provider_error"},
    {"INVALID_GRANT", ErrorClass::kTransient, ErrorClass::kTransient, "provider_error"},
};

TEST_CASE("every OAuth error has its class, in a 4xx and in a 2xx alike")
{
  for (const Code& code : kCodes)
    for (const int status : {200, 400, 401, 403}) {
      CAPTURE(code.error, status);
      CHECK(judged(status, error_body(code.error)).what == code.refresh);
      CHECK(judged(status, error_body(code.error), {}, AttemptKind::kCode).what == code.refresh);
      const Judgement device = judged(status, error_body(code.error), {}, AttemptKind::kDevice);
      CHECK(device.what == code.device);
      CHECK(device.cause == code.cause);
      CHECK(class_of(code.error, AttemptKind::kDevice) == code.device);
    }
}

std::string unauthorized(std::string_view description)
{
  return R"({"error":"unauthorized_client","error_description":")" + std::string(description) + "\"}";
}

TEST_CASE("a client that is unauthorized because its refresh token is dead needs a new login")
{
  for (const auto* dead : {"refresh_token is invalid", "Invalid refresh token.", "The refresh token has expired",
                           "refresh_token is expired", "Unknown or invalid refresh_token"}) {
    CAPTURE(dead);
    const Judgement judgement = judged(403, unauthorized(dead));
    CHECK(judgement.what == ErrorClass::kRelogin);
    CHECK(judgement.cause == "refresh_token_revoked");
    CHECK(judgement.outcome == Outcome::kRefused);
    for (const auto kind : {AttemptKind::kCode, AttemptKind::kDevice, AttemptKind::kClientCredentials})
      CHECK(judged(403, unauthorized(dead), {}, kind).what == ErrorClass::kConfig);
  }
  for (const auto* other : {"", "the client may not use the grant type refresh_token", "invalid client", "expired"})
    CHECK(judged(403, unauthorized(other)).what == ErrorClass::kConfig);
  CHECK(judged(503, unauthorized("refresh_token is invalid")).what == ErrorClass::kTransient);
}

TEST_CASE("nothing but a definite error asks for a new login")
{
  for (const Row& row : kRows)
    for (const auto* body : {"", "<html>", "{", R"({"message":"invalid_grant"})"})
      CHECK(judged(row.status, body).what != ErrorClass::kRelogin);
  for (const int status : {302, 500, 502, 503, 504})
    CHECK(judged(status, error_body("invalid_grant")).what == ErrorClass::kTransient);
}

HttpOutcome redirect(int status, std::string location)
{
  HttpReply reply{.status = status, .fields = {}, .body = Secret("<html>")};
  if (!location.empty()) reply.fields.push_back({"location", Secret(std::move(location))});
  return reply;
}

TEST_CASE("an endpoint that redirects a login has moved, and is told with its new origin")
{
  for (const auto kind : {AttemptKind::kCode, AttemptKind::kDevice})
    for (const int status : {301, 302, 303, 307, 308}) {
      const auto outcome = redirect(status, "https://new.example:8443/token?secret=x");
      const Judgement judgement = judge(outcome, {.kind = kind, .host = "auth.example"}, kNow);
      CHECK(judgement.what == ErrorClass::kConfig);
      CHECK(judgement.outcome == Outcome::kRefused);
      CHECK(judgement.cause == "endpoint_changed");
      CHECK(judgement.sentence ==
            "auth.example answered " + std::to_string(status) + ": the endpoint has moved to https://new.example:8443");
    }
  for (const auto* nowhere : {"", "/login", "\x1B[31m"})
    CHECK(judge(redirect(302, nowhere), {.kind = AttemptKind::kCode, .host = "auth.example"}, kNow).sentence ==
          "auth.example answered 302: the endpoint has moved to another address");
}

TEST_CASE("a refresh that is redirected is in doubt: its token may be spent")
{
  const Judgement judgement = judge(redirect(302, "https://new.example"), {.host = "auth.example"}, kNow);
  CHECK(judgement.outcome == Outcome::kInDoubt);
  CHECK(judgement.what == ErrorClass::kTransient);
}

TEST_CASE("429 is a throttle whatever the body says")
{
  for (const Code& code : kCodes) CHECK(judged(429, error_body(code.error)).what == ErrorClass::kThrottle);
  CHECK(judged(429, "<html>").what == ErrorClass::kThrottle);
  CHECK(judged(429, "").cause == "rate_limited");
  CHECK(judged(429, error_body("slow_down"), {}, AttemptKind::kDevice).what == ErrorClass::kSlowDown);
}

TEST_CASE("408 is transient with and without an OAuth error")
{
  CHECK(judged(408, "").what == ErrorClass::kTransient);
  CHECK(judged(408, error_body("invalid_grant")).what == ErrorClass::kTransient);
}

TEST_CASE("client credentials have no login to ask for: what is refused is the client")
{
  const auto judgement = judged(400, error_body("invalid_grant"), {}, AttemptKind::kClientCredentials);
  CHECK(judgement.what == ErrorClass::kConfig);
  CHECK(judgement.cause == "bad_client");
}

TEST_CASE("what the provider asked to wait is passed on, nonsense is not")
{
  CHECK(judged(429, "", "120").retry_after == Seconds(120));
  CHECK(judged(400, error_body("invalid_grant"), "1").retry_after == Seconds(1));
  CHECK_FALSE(judged(503, "", "soon").retry_after);
  CHECK(judged(503, "", "soon").outcome == Outcome::kInDoubt);
}

TEST_CASE("the sentence has host, status and error code, and nothing else of the body")
{
  CHECK(judged(403, R"({"error":"invalid_grant","error_description":"canary"})").sentence ==
        "auth.example answered 403 (invalid_grant)");
  CHECK(judged(400, R"({"error":"a\u001b[31m"})").sentence == R"(auth.example answered 400 (a\x1B[31m))");
  CHECK(judged(502, "<html>canary</html>").sentence == "auth.example answered 502");
  CHECK(judged(200, R"({"access_token":"canary"})").sentence == "auth.example answered 200");
  const HttpOutcome outcome = reply_of(500, "");
  CHECK(judge(outcome, {}, kNow).sentence.starts_with("the provider answered 500"));
}

}  // namespace
}  // namespace tokend
