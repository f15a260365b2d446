#include "daemon/core/login_outcome.hpp"

#include <fmt/format.h>

#include <utility>

#include "daemon/core/client_refusals.hpp"
#include "daemon/core/redirect.hpp"
#include "daemon/core/token_response.hpp"
#include "daemon/core/url.hpp"

namespace tokend::login {
namespace {

std::string_view cause_of_config(std::string_view error)
{
  if (error == "invalid_scope" || error == "invalid_target") return "bad_scope";
  return error == "redirect_uri_mismatch" ? "bad_redirect" : "bad_client";
}

std::string quoted(std::string_view description)
{
  return description.empty() ? std::string() : fmt::format(": \"{}\"", escaped(description));
}

Error error_for(ErrorClass what, std::string_view error)
{
  switch (what) {
    case ErrorClass::kUserDenied: return {.code = ErrorCode::kDenied, .reason = {}, .cause = "user_denied"};
    case ErrorClass::kConsent: return {.code = ErrorCode::kLoginRequired, .reason = {}, .cause = "consent_required"};
    case ErrorClass::kConfig:
    case ErrorClass::kRelogin:
      return {.code = ErrorCode::kProviderRefused, .reason = {}, .cause = std::string(cause_of_config(error))};
    default: return {.code = ErrorCode::kTemporarilyUnavailable, .reason = {}, .cause = "provider_error"};
  }
}

// Trying again helps only once that has changed. Empty: trying again is what helps.
std::string_view option_that_mends(const Error& error)
{
  if (error.subject == "authorizationEndpoint") return "--authorization-endpoint";
  if (error.subject == "tokenEndpoint") return "--token-endpoint";
  if (error.subject == "deviceEndpoint") return "--device-endpoint";
  if (error.subject == "issuer") return "--issuer";
  if (error.subject == "redirectUri") return "--redirect-uri";
  if (error.code != ErrorCode::kProviderRefused) return "";
  if (error.cause == "bad_scope") return "--scope";
  if (error.cause == "bad_redirect") return "--redirect-uri";
  if (error.cause == "bad_client") return "--client-id";
  return error.cause == "no_metadata" ? "--issuer" : "";
}

// Without a port the URI counts with any: each login takes another (RFC 8252 section 7.3).
std::string registered_form(const std::string& redirect_uri)
{
  const auto uri = parse_redirect_uri(redirect_uri);
  const bool any_port = uri && uri->listen && uri->listen->port == 0;
  return "exactly " + redirect_uri + (any_port ? " (the port does not count)" : "");
}

std::string duration(Seconds time)
{
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time);
  return minutes.count() > 0 && minutes == time ? fmt::format("{} min", minutes.count())
                                                : fmt::format("{} s", time.count());
}

}  // namespace

std::string provider_name(const AccountDefinition& definition)
{
  for (const std::string* place : {&definition.issuer, &definition.authorization_endpoint, &definition.device_endpoint,
                                   &definition.token_endpoint})
    if (const auto url = parse_url(*place)) return url->host;
  return "the provider";
}

Error about(Error error, std::string_view account)
{
  error.account = account;
  if (!error.next.empty()) return error;
  const auto option = option_that_mends(error);
  error.next = option.empty() ? fmt::format("tokenctl login {}", account)
                              : fmt::format("tokenctl set {} {} ...", account, option);
  return error;
}

Error refusal(const AuthorizationResponse& response, const PageNames& names)
{
  Error error = error_for(class_of(response.error, AttemptKind::kCode), response.error);
  const bool denied = error.code == ErrorCode::kDenied;
  error.reason = fmt::format("{} {} ({}){}", names.provider, denied ? "was told no" : "did not sign you in",
                             escaped(response.error), quoted(response.description));
  return error;
}

BrowserPage refusal_page(const AuthorizationResponse& response, const Error& error, const PageNames& names)
{
  const auto code = escaped(response.error);
  switch (error.code) {
    case ErrorCode::kDenied: return denied_page(names, code, escaped(response.description));
    case ErrorCode::kTemporarilyUnavailable: return not_finished_page(names, code, error.next);
    default: return failed_page(names, error.reason, error.next);
  }
}

BrowserPage exchange_page(const Error& error, std::string_view detail, const PageNames& names)
{
  if (error.code == ErrorCode::kProviderRefused && error.cause == "bad_client") {
    const auto* refusal = client_refusal(detail);
    return refusal ? request_refused_page(names, *refusal, error.next) : app_refused_page(names, detail);
  }
  if (error.code == ErrorCode::kDenied && error.cause == "user_denied") return denied_page(names, detail, "");
  if (error.code == ErrorCode::kTemporarilyUnavailable) return not_finished_page(names, detail, error.next);
  return failed_page(names, error.reason, error.next);
}

Error unanswered(const Judgement& judgement)
{
  Error error = error_for(judgement.what, judgement.error);
  error.reason = judgement.sentence;
  const bool moved = judgement.cause == "endpoint_changed";
  if (moved || (!judgement.cause.empty() && error.code != ErrorCode::kProviderRefused)) error.cause = judgement.cause;
  if (error.cause == "tls") error.next = "add ca_file to tokend.toml";
  if (judgement.retry_after) error.retry_after = judgement.retry_after->count();
  return error;
}

Error not_opened(Error error, const Plan& plan)
{
  if (error.cause != "port_busy") return error;
  const std::string instead = error.next.empty() ? "" : error.next + ", or ";
  error.next = instead +
               "set redirect_port in tokend.toml and register the new callback URL, also of every other account that "
               "has no --redirect-uri";
  if (plan.definition.redirect_uri.empty()) return error;
  error.reason += fmt::format("; {}register a callback URL with another port at the provider and give that", instead);
  error.next = fmt::format("tokenctl set {} --redirect-uri ...", plan.account);
  return error;
}

Error timed_out(std::string_view what, Seconds after, const std::string& redirect_uri, std::string_view provider)
{
  auto reason = fmt::format("{} within {}", what, duration(after));
  if (!redirect_uri.empty())
    reason += fmt::format("; registered must be {} at {}", registered_form(redirect_uri), provider);
  return {.code = ErrorCode::kLoginTimedOut, .reason = std::move(reason), .redirect_uri = redirect_uri};
}

Error different_user(const IdentityDiffered& users, const PageNames& names)
{
  return {.code = ErrorCode::kDenied,
          .reason = fmt::format("you signed in as {}, before it was {}; nothing changed", users.now, users.before),
          .cause = "different_user",
          .next = fmt::format("tokenctl login {} --switch-user", names.account)};
}

Error no_metadata(const AccountDefinition& definition)
{
  return {.code = ErrorCode::kProviderRefused,
          .reason = fmt::format("{} publishes no metadata: is the issuer exactly right? Else give its endpoints",
                                definition.issuer),
          .cause = "no_metadata"};
}

std::string unregistered_hint(const std::string& redirect_uri, std::string_view provider)
{
  return fmt::format(
      "Still waiting. Does the browser say that redirect_uri is not registered? Then the callback URL that is "
      "registered at {} is not {}",
      provider, registered_form(redirect_uri));
}

}  // namespace tokend::login
