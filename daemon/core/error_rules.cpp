#include "daemon/core/error_rules.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/core/retry_after.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

constexpr int kRequestTimeout = 408;
constexpr int kTooManyRequests = 429;
constexpr int kServiceUnavailable = 503;

struct Rule {
  std::string_view error;
  ErrorClass what;
  std::string_view cause;
};

// RFC 6749 section 5.2, RFC 8628 section 3.5, RFC 8707 section 2, OpenID Connect Core section 3.1.2.6; and names that
// no RFC has but providers give to the same things.
constexpr Rule kRules[] = {
    {"invalid_grant", ErrorClass::kRelogin, "refresh_token_revoked"},
    {"expired_token", ErrorClass::kRelogin, "refresh_token_expired"},
    {"bad_refresh_token", ErrorClass::kRelogin, "refresh_token_revoked"},
    {"invalid_refresh_token", ErrorClass::kRelogin, "refresh_token_revoked"},
    {"bad_verification_code", ErrorClass::kRelogin, "refresh_token_revoked"},
    {"invalid_client", ErrorClass::kConfig, "bad_client"},
    {"incorrect_client_credentials", ErrorClass::kConfig, "bad_client"},
    {"unauthorized_client", ErrorClass::kConfig, "bad_client"},
    {"unsupported_grant_type", ErrorClass::kConfig, "bad_client"},
    {"invalid_request", ErrorClass::kConfig, "bad_client"},
    {"invalid_scope", ErrorClass::kConfig, "bad_scope"},
    {"invalid_target", ErrorClass::kConfig, "bad_scope"},
    {"redirect_uri_mismatch", ErrorClass::kConfig, "bad_redirect"},
    {"access_denied", ErrorClass::kUserDenied, "user_denied"},
    {"authorization_declined", ErrorClass::kUserDenied, "user_denied"},
    {"interaction_required", ErrorClass::kConsent, "consent_required"},
    {"consent_required", ErrorClass::kConsent, "consent_required"},
    {"login_required", ErrorClass::kConsent, "consent_required"},
    {"temporarily_unavailable", ErrorClass::kTransient, "provider_error"},
    {"server_error", ErrorClass::kTransient, "provider_error"},
    {"authorization_pending", ErrorClass::kPending, ""},
    {"slow_down", ErrorClass::kSlowDown, "rate_limited"},
};

constexpr Rule kUnknownError = {"", ErrorClass::kTransient, "provider_error"};

// Some say of a dead refresh token that the client is unauthorized, and only the description says why.
constexpr std::string_view kDeadRefreshToken[] = {
    "refresh token is invalid",  "refresh token invalid", "invalid refresh token", "refresh token is expired",
    "refresh token has expired", "refresh token expired", "expired refresh token", "refresh token is revoked",
    "refresh token was revoked", "refresh token revoked", "revoked refresh token",
};

bool tells_of_dead_refresh_token(const OAuthError& error)
{
  std::string said = error.description;
  std::ranges::transform(said, said.begin(), [](char c) {
    if (c == '_') return ' ';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return error.error == "unauthorized_client" &&
         std::ranges::any_of(kDeadRefreshToken, [&](std::string_view words) { return said.contains(words); });
}

Rule rule_for(std::string_view error, AttemptKind kind)
{
  const auto found = std::ranges::find(kRules, error, &Rule::error);
  Rule rule = found == std::end(kRules) ? kUnknownError : *found;
  const bool device = kind == AttemptKind::kDevice;
  if (!device && rule.what == ErrorClass::kSlowDown) rule.what = ErrorClass::kThrottle;
  if (!device && rule.what == ErrorClass::kPending) rule = kUnknownError;
  // No login stands behind client credentials: what is refused there is the client.
  if (kind == AttemptKind::kClientCredentials && rule.what == ErrorClass::kRelogin)
    rule = {error, ErrorClass::kConfig, "bad_client"};
  return rule;
}

std::string_view cause_of(HttpTrouble trouble)
{
  switch (trouble) {
    case HttpTrouble::kDns: return "dns";
    case HttpTrouble::kTls: return "tls";
    case HttpTrouble::kTimeout: return "timed_out";
    case HttpTrouble::kTooLarge: return "provider_error";
    case HttpTrouble::kConnect:
    case HttpTrouble::kPrivateAddress:
    case HttpTrouble::kReset:
    case HttpTrouble::kCancelled: return "network";
    case HttpTrouble::kForbidden: return "endpoint_changed";
  }
  return "network";
}

std::string sentence_of(const HttpFailure& failure, const std::string& host)
{
  switch (failure.trouble) {
    case HttpTrouble::kDns: return host + " cannot be found (DNS)";
    case HttpTrouble::kConnect: return host + " cannot be reached";
    case HttpTrouble::kPrivateAddress:  // the metadata's host may be another than the one that was asked about
      return (failure.detail.empty() ? host + ": its address is private" : escaped(failure.detail)) +
             "; give the endpoint yourself if that is right";
    case HttpTrouble::kTls: return "no trustworthy TLS connection to " + host + ": " + escaped(failure.detail);
    case HttpTrouble::kTimeout: return host + " does not answer";
    case HttpTrouble::kReset: return host + " broke the connection";
    case HttpTrouble::kTooLarge: return host + " sent an answer that is too long";
    case HttpTrouble::kCancelled: return "the request to " + host + " was cancelled";
    case HttpTrouble::kForbidden: return failure.detail;
  }
  return host + " does not answer";
}

Judgement judge_failure(const HttpFailure& failure, const std::string& host)
{
  Judgement judgement;
  judgement.outcome = failure.sent == Sent::kNo ? Outcome::kNotSent : Outcome::kInDoubt;
  judgement.what = failure.trouble == HttpTrouble::kForbidden ? ErrorClass::kConfig : ErrorClass::kTransient;
  judgement.cause = cause_of(failure.trouble);
  judgement.sentence = sentence_of(failure, host);
  return judgement;
}

std::string sentence_of(int status, const Judgement& judgement, const std::string& host)
{
  const std::string code = std::to_string(status);
  if (judgement.what == ErrorClass::kThrottle && judgement.retry_after)
    return host + " asks to wait " + std::to_string(judgement.retry_after->count()) + " s (" + code + ")";
  return host + " answered " + code + (judgement.error.empty() ? "" : " (" + judgement.error + ")");
}

Outcome outcome_of(int status, bool oauth_error, bool told_when)
{
  const int hundreds = status / 100;
  if (status == kTooManyRequests) return Outcome::kRefused;
  if (status == kServiceUnavailable && told_when) return Outcome::kRefused;
  if (oauth_error && (hundreds == 2 || hundreds == 4)) return Outcome::kRefused;
  return hundreds == 2 ? Outcome::kAnswered : Outcome::kInDoubt;
}

// An overloaded front end names whatever error it likes (access_denied has been seen): the status decides first.
Rule rule_for(int status, const OAuthError& told, AttemptKind kind)
{
  const std::string_view error = told.error;
  const bool dead = kind == AttemptKind::kRefresh && tells_of_dead_refresh_token(told);
  const Rule named = dead ? rule_for("invalid_grant", kind) : rule_for(error, kind);
  if (status == kTooManyRequests)
    return named.what == ErrorClass::kSlowDown ? named : Rule{error, ErrorClass::kThrottle, "rate_limited"};
  if (status == kRequestTimeout) return {error, ErrorClass::kTransient, "timed_out"};
  if (status / 100 != 2 && status / 100 != 4) return kUnknownError;
  return named;
}

bool is_redirect(int status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string new_place(const HttpReply& reply)
{
  const auto location = std::ranges::find(reply.fields, "location", &HttpField::name);
  const auto url = location == reply.fields.end() ? Result<Url>(fail({})) : parse_url(location->value.reveal());
  return url ? escaped(origin(*url)) : "another address";
}

// No redirect is followed, and a login cannot wait until it is gone. A refresh token may be spent nevertheless: there
// it says nothing.
bool has_moved(const HttpReply& reply, AttemptKind kind)
{
  return is_redirect(reply.status) && (kind == AttemptKind::kCode || kind == AttemptKind::kDevice);
}

Judgement moved(const HttpReply& reply, const std::string& host)
{
  Judgement judgement;
  judgement.outcome = Outcome::kRefused;
  judgement.what = ErrorClass::kConfig;
  judgement.cause = "endpoint_changed";
  judgement.status = reply.status;
  judgement.sentence =
      host + " answered " + std::to_string(reply.status) + ": the endpoint has moved to " + new_place(reply);
  return judgement;
}

}  // namespace

ErrorClass class_of(std::string_view oauth_error, AttemptKind kind) { return rule_for(oauth_error, kind).what; }

Judgement judge(const HttpOutcome& outcome, const Asked& asked, WallTime now)
{
  const std::string host = asked.host.empty() ? "the provider" : escaped(asked.host);
  if (!outcome) return judge_failure(outcome.error(), host);
  const HttpReply& reply = *outcome;
  if (has_moved(reply, asked.kind)) return moved(reply, host);
  const TokenReply read = read_token_reply(reply);
  const auto* error = std::get_if<OAuthError>(&read);
  Judgement judgement;
  judgement.error = error ? escaped(error->error) : "";
  judgement.status = reply.status;
  judgement.retry_after = retry_after(reply, now);
  judgement.outcome = outcome_of(reply.status, error != nullptr, judgement.retry_after.has_value());
  const Rule rule = rule_for(reply.status, error ? *error : OAuthError{}, asked.kind);
  judgement.what = rule.what;
  judgement.cause = rule.cause;
  judgement.sentence = sentence_of(reply.status, judgement, host);
  if (const auto* unreadable = std::get_if<Unreadable>(&read); unreadable && reply.status / 100 == 2)
    judgement.sentence += "; " + unreadable->why;
  return judgement;
}

}  // namespace tokend
