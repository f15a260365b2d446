#include "daemon/broker/account_errors.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/broker/wish_errors.hpp"
#include "daemon/core/client_refusals.hpp"
#include "daemon/core/refresh_policy.hpp"
#include "proto/account_name.hpp"

namespace tokend {
namespace {

constexpr Seconds kLongestWait{60};  // that a caller is advised to wait for

std::string day_and_time(WallTime at)
{
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(std::chrono::system_clock::to_time_t(at)));
}

std::string time_of_day(WallTime at)
{
  return fmt::format("{:%H:%M:%S}", fmt::localtime(std::chrono::system_clock::to_time_t(at)));
}

std::string who_ended_it(const Trouble& why)
{
  if (why.cause == "refresh_in_doubt")
    return "an answer of the provider was lost, and it does not take the old login any more";
  if (why.cause == "different_user") return why.sentence;
  if (why.what == ErrorClass::kConsent)
    return fmt::format("the provider wants you again since {}", day_and_time(why.since));
  return fmt::format("the provider ended it on {}", day_and_time(why.since));
}

ErrorCode code_of(ErrorClass what)
{
  switch (what) {
    case ErrorClass::kRelogin:
    case ErrorClass::kConsent: return ErrorCode::kLoginRequired;
    case ErrorClass::kConfig: return ErrorCode::kProviderRefused;
    case ErrorClass::kUserDenied: return ErrorCode::kDenied;
    default: return ErrorCode::kTemporarilyUnavailable;
  }
}

const ClientRefusal* client_refusal_of(const Trouble& trouble)
{
  return trouble.cause == "bad_client" ? client_refusal(trouble.error) : nullptr;
}

// Where the provider's word for it leads people astray.
std::string in_other_words(const Trouble& trouble)
{
  const auto* refusal = client_refusal_of(trouble);
  return refusal ? fmt::format("; {}: {}", refusal->why, refusal->look) : std::string();
}

std::string client_next(const Account& account, const Trouble& trouble)
{
  const auto* refusal = client_refusal_of(trouble);
  if (!refusal) return fmt::format("tokenctl set {} --client-secret-file -", account.name);
  if (refusal->option.empty()) return "tokenctl refresh " + account.name;
  return fmt::format("tokenctl set {} {} ...", account.name, refusal->option);
}

std::string config_next(const Account& account, const Trouble& trouble)
{
  if (trouble.cause == "bad_scope") return fmt::format("tokenctl set {} --scope ...", account.name);
  const bool of_a_login = trouble.cause == "endpoint_changed" && account.definition.flow != Flow::kClientCredentials;
  const bool moved = of_a_login && trouble.status / 100 == 3;
  if (moved) return fmt::format("tokenctl set {} --token-endpoint ...", account.name);
  if (of_a_login) return next_login(account);
  const bool is_issuer = trouble.cause == "endpoint_changed" || trouble.cause == "no_metadata";
  if (is_issuer) return fmt::format("tokenctl set {} --issuer ...", account.name);
  if (trouble.cause == "bad_redirect") return fmt::format("tokenctl set {} --redirect-uri ...", account.name);
  return client_next(account, trouble);
}

// A refresh that a person asks for does not wait, unless the provider has said until when.
std::string transient_next(const Account& account, const Trouble& trouble, const std::optional<NextTry>& next)
{
  if (const std::string advice = disk_advice(trouble.cause); !advice.empty()) return advice;
  if (trouble.cause == "tls") return "add ca_file to tokend.toml";
  if (!next || next->in <= kLongestWait) return fmt::format("tokenctl token {} --timeout 60", account.name);
  if (trouble.what == ErrorClass::kThrottle) return "try again after " + time_of_day(next->at);
  return fmt::format("tokenctl refresh {}", account.name);
}

// RFC 8628 section 3.5; the provider's clock may be ahead of the lifetime that it gave.
constexpr std::string_view kExpiredDeviceCode = "expired_token";

Error code_expired(const Account& account)
{
  return {.code = ErrorCode::kLoginTimedOut,
          .reason =
              fmt::format("{}: the code expired before the login was finished ({})", account.name, kExpiredDeviceCode),
          .next = next_login(account),
          .account = account.name};
}

// Another try changes nothing until a person has done what the error says.
bool is_of_this_machine(std::string_view cause) { return cause == "tls" || !disk_advice(cause).empty(); }

std::string in_words(Seconds span)
{
  using std::chrono::ceil, std::chrono::hours, std::chrono::minutes;
  if (span <= minutes(2)) return fmt::format("{} s", span.count());
  if (span <= hours(2)) return fmt::format("{} min", ceil<minutes>(span).count());
  return fmt::format("{} h", ceil<hours>(span).count());
}

std::string next_try(const std::optional<NextTry>& next)
{
  return next ? ", next try in " + in_words(next->in) : std::string();
}

// The wall clock of the moment of the last try tells when that is.
std::optional<NextTry> next_try_of(const Trouble& trouble, std::optional<BootTime> at, BootTime now)
{
  if (!at) return std::nullopt;
  const Seconds since_last = std::chrono::ceil<Seconds>(*at - trouble.last_try);
  return NextTry{std::max(Seconds(1), std::chrono::ceil<Seconds>(*at - now)), trouble.last + since_last};
}

Error in_vain(const Account& account, const SearchFailure& failure, BootTime now)
{
  const auto at = failure.again > now ? std::optional(failure.again) : std::nullopt;
  return in_trouble(account, failure.trouble, next_try_of(failure.trouble, at, now));
}

}  // namespace

std::string next_login(const Account& account) { return "tokenctl login " + account.name; }

bool is_login_damaged(const Account& account)
{
  return account.unreadable_grant && account.definition.flow != Flow::kClientCredentials;  // that needs no person
}

Error login_damaged(const Account& account)
{
  Error error{.code = ErrorCode::kLoginRequired, .cause = "stored_login_damaged", .account = account.name};
  error.reason =
      account.name + " needs a login (its stored login is damaged and cannot be opened; it is kept until then)";
  error.next = next_login(account);
  return error;
}

Error never_signed_in(const Account& account)
{
  if (is_login_damaged(account)) return login_damaged(account);
  if (account.ended == LoginEnd::kRedefined) return definition_changed(account);
  const bool signed_out = account.ended == LoginEnd::kSignedOut;
  Error error{.code = ErrorCode::kLoginRequired};
  error.cause = signed_out ? "signed_out" : "never_signed_in";
  error.reason = account.name + (signed_out ? " is signed out" : " has never been signed in");
  error.next = next_login(account);
  error.account = account.name;
  return error;
}

Error definition_changed(const Account& account)
{
  Error error{.code = ErrorCode::kLoginRequired, .cause = "consent_required", .account = account.name};
  error.reason = account.name + " needs a login (its definition has changed)";
  error.next = next_login(account);
  return error;
}

Error outgrown(const Account& account)
{
  Error error = definition_changed(account);
  error.reason =
      account.name + " needs a login (its definition asks for other scopes or servers than the login was for)";
  return error;
}

Error needs_login(const Account& account, const Trouble* why)
{
  Error error{.code = ErrorCode::kLoginRequired, .account = account.name};
  error.cause = why ? why->cause : "refresh_token_expired";
  error.reason = why ? fmt::format("{} needs a login ({})", account.name, who_ended_it(*why))
                     : fmt::format("{} needs a login (its token has expired and cannot be refreshed)", account.name);
  error.next = next_login(account);
  return error;
}

Error no_refresh_token(const Account& account)
{
  Error error{.code = ErrorCode::kLoginRequired, .cause = "no_refresh_token", .account = account.name};
  error.reason = fmt::format(
      "{} cannot be refreshed: its login brought no refresh token (often it takes --scope offline_access, or --param "
      "access_type=offline, and a new login)",
      account.name);
  error.next = next_login(account);
  return error;
}

// A login makes it good at once; reading the answer again costs nothing.
Error set_aside(const Account& account, const Trouble& why)
{
  Error error{.code = ErrorCode::kLoginRequired, .cause = why.cause, .account = account.name};
  error.reason = fmt::format("{}: {}; it is kept, and 'tokenctl refresh {}' reads it again", account.name, why.sentence,
                             account.name);
  error.next = next_login(account);
  return error;
}

Error in_trouble(const Account& account, const Trouble& trouble, const std::optional<NextTry>& next)
{
  if (code_of(trouble.what) == ErrorCode::kLoginRequired) return needs_login(account, &trouble);
  Error error{.code = code_of(trouble.what), .cause = trouble.cause, .account = account.name};
  error.reason = fmt::format("{}: {}{}", account.name, trouble.sentence, in_other_words(trouble));
  if (error.code == ErrorCode::kProviderRefused) {
    error.next = config_next(account, trouble);
  } else if (error.code == ErrorCode::kTemporarilyUnavailable) {
    error.reason += next_try(next);
    if (account.definition.flow != Flow::kClientCredentials) error.reason += "; the login is safe";
    error.next = transient_next(account, trouble, next);
    if (next) error.retry_after = next->in.count();
  } else {
    error.next = next_login(account);
  }
  return error;
}

Error no_answer_in_time(const Account& account)
{
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = "timed_out", .account = account.name};
  error.reason = fmt::format("{}: no new token in time; the login is safe", account.name);
  error.next = fmt::format("tokenctl token {} --timeout 60", account.name);
  return error;
}

Error consent_error(const Account& account, const Trouble& trouble)
{
  if (trouble.error == kExpiredDeviceCode) return code_expired(account);
  Error error = in_trouble(account, trouble, {});
  if (error.code == ErrorCode::kLoginRequired) {  // the code itself was refused: it had expired or was used
    error.code = ErrorCode::kTemporarilyUnavailable;
    error.cause = "provider_error";
  }
  error.reason =
      trouble.what == ErrorClass::kUserDenied
          ? fmt::format("{}: the answer was no ({}); nothing has changed", account.name, trouble.error)
          : fmt::format("{}: the login did not finish: {}{}", account.name, trouble.sentence, in_other_words(trouble));
  const auto* refusal = client_refusal_of(trouble);
  const bool is_to_change = error.code == ErrorCode::kProviderRefused && !(refusal && refusal->option.empty());
  const bool helps = is_to_change || is_of_this_machine(trouble.cause);
  if (!helps) error.next = next_login(account);
  return error;
}

Error ends_soon(const Account& account, WallTime at)
{
  Error error{.code = ErrorCode::kLoginRequired, .cause = "login_ends", .account = account.name};
  error.reason = fmt::format("{}: the login ends on {}", account.name, day_and_time(at));
  error.next = next_login(account);
  return error;
}

Error obstacle(const Account& account, const GrantEntry* entry, BootTime now, const TokenKey& key)
{
  if (!entry && account.search_failure) return in_vain(account, *account.search_failure, now);
  if (!entry) return account.searching ? no_answer_in_time(account) : never_signed_in(account);
  const Grant& grant = entry->machine;
  if (std::holds_alternative<Dead>(grant.credential())) return needs_login(account, grant.trouble());
  if (std::holds_alternative<SetAside>(grant.exchange())) return set_aside(account, *grant.trouble());
  if (std::holds_alternative<Nothing>(grant.credential()))
    return grant.usable(key, Seconds(0), now) ? no_refresh_token(account) : needs_login(account, nullptr);
  const Trouble* trouble = grant.trouble(key);
  if (!trouble) return no_answer_in_time(account);
  if (trouble != grant.trouble() && trouble->cause == "bad_scope") return wish_refused(account, *trouble, key);
  return in_trouble(account, *trouble, next_try_of(*trouble, grant.retry_at(key), now));
}

}  // namespace tokend
