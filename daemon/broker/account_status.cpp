#include "daemon/broker/account_status.hpp"

#include <fmt/chrono.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/ageing.hpp"
#include "daemon/core/provider.hpp"

namespace tokend {
namespace {

template <class T> bool doing(const GrantEntry& entry) { return std::holds_alternative<T>(entry.machine.exchange()); }

const AccessToken* usable_token(const GrantEntry* entry, BootTime now)
{
  return entry ? entry->machine.usable(TokenKey{}, Seconds(0), now) : nullptr;
}

std::vector<std::string> scopes_of(const Account& account, const GrantEntry* entry)
{
  const AccessToken* token = entry ? entry->machine.newest(TokenKey{}) : nullptr;
  if (token && !token->granted.empty()) return token->granted;
  return entry ? entry->record.definition.scopes : account.definition.scopes;
}

bool is_dead(const GrantEntry& entry, bool usable)
{
  const Credential& credential = entry.machine.credential();
  if (doing<SetAside>(entry) || std::holds_alternative<Dead>(credential)) return true;
  return std::holds_alternative<Nothing>(credential) && !usable;
}

// Its tokens are served on; what people want by now needs another consent.
bool is_outgrown(const Account& account, const GrantEntry* entry)
{
  return entry && outgrows(account.definition, entry->record.definition);
}

bool ends_with_its_token(const GrantEntry& entry)
{
  const AccessToken* token = entry.machine.newest(TokenKey{});
  return token && token->expires && std::holds_alternative<Nothing>(entry.machine.credential());
}

void explain(wire::AccountStatus& status, const Error& why)
{
  status.cause = why.cause;
  status.reason = why.reason;
  status.next = why.next;
}

void add_trouble(wire::AccountStatus& status, const Account& account, const GrantEntry* entry, const Now& now)
{
  using wire::State;
  const bool explained =
      status.state == State::kSignedOut || status.state == State::kNeedsLogin || status.state == State::kBackingOff;
  if (explained) return explain(status, obstacle(account, entry, now.boot));
  if (is_outgrown(account, entry)) return explain(status, outgrown(account));
  if (!entry || entry->machine.pending()) return;
  if (ends_with_its_token(*entry)) return explain(status, no_refresh_token(account));
  if (const auto end = told_end(*entry, now.wall)) explain(status, ends_soon(account, *end));
}

void add_history(wire::AccountStatus& status, const Trouble& trouble)
{
  status.attempts = trouble.failures;
  status.last_error = trouble.sentence;
  status.last_error_at = unix_seconds(trouble.last);
}

void add_last_use(wire::AccountStatus& status, WallTime at, bool exact)
{
  if (exact) status.last_used_at = unix_seconds(at);
  else status.last_used_on = fmt::format("{:%F}", at);
}

void add_failed_login(wire::AccountStatus& status, const FailedLogin& failed)
{
  const auto at = unix_seconds(failed.at);
  if (status.last_error_at && *status.last_error_at > at) return;
  status.last_error = "login: " + failed.sentence;
  status.last_error_at = at;
}

std::int64_t wall_seconds(BootTime at, const Now& now)
{
  return unix_seconds(now.wall + std::chrono::ceil<Seconds>(at - now.boot));
}

void add_search(wire::AccountStatus& status, const SearchFailure& failure, const Now& now)
{
  add_history(status, failure.trouble);
  if (failure.again > now.boot) status.next_attempt_at = wall_seconds(failure.again, now);
}

bool is_persons_login(const GrantEntry& entry)
{
  const Credential& credential = entry.machine.credential();
  return !std::holds_alternative<ClientItself>(credential) && !std::holds_alternative<Dead>(credential);
}

void add_provider(wire::AccountStatus& status, const AccountDefinition& definition)
{
  status.issuer = definition.issuer;
  status.authorization_endpoint = definition.authorization_endpoint;
  status.token_endpoint = definition.token_endpoint;
  if (definition.client_auth) status.client_auth = name_of(*definition.client_auth);
}

void add_provider(wire::AccountStatus& status, const Provider& bound)
{
  status.issuer = bound.issuer;
  status.authorization_endpoint = bound.authorization_endpoint;
  status.token_endpoint = bound.token_endpoint;
  status.client_auth = name_of(bound.client_auth);
}

void add_grant(wire::AccountStatus& status, const GrantEntry& entry, const Now& now)
{
  const Grant& grant = entry.machine;
  if (const AccessToken* token = grant.newest(TokenKey{})) {
    status.expires_at = expiry_of(*token);
    status.last_refresh_at = unix_seconds(token->minted_wall);
  }
  if (is_persons_login(entry)) status.signed_in_at = unix_seconds(entry.consented);
  if (entry.record.identity) status.identity = entry.record.identity->label;
  if (entry.record.can_refresh) status.refresh_issued_at = unix_seconds(entry.rotated);
  const LoginEnds ends = login_ends(entry);
  if (ends.absolute) status.refresh_expires_at = unix_seconds(*ends.absolute);
  if (ends.idle) status.refresh_idle_at = unix_seconds(*ends.idle);
  if (const auto at = grant.retry_at()) status.next_attempt_at = wall_seconds(*at, now);
  if (const Trouble* trouble = grant.trouble()) add_history(status, *trouble);
}

}  // namespace

std::int64_t unix_seconds(WallTime at) { return at.time_since_epoch().count(); }

std::optional<std::int64_t> expiry_of(const AccessToken& token)
{
  if (!token.lifetime) return std::nullopt;
  return unix_seconds(token.minted_wall + *token.lifetime);
}

wire::State state_of(const Account& account, const GrantEntry* entry, bool login_pending, BootTime now)
{
  using wire::State;
  const bool usable = usable_token(entry, now) != nullptr;
  if (login_pending && !usable) return State::kSigningIn;
  if (!entry && account.searching) return State::kRefreshing;
  if (!entry && account.search_failure) return State::kBackingOff;
  const bool needs_login = account.ended == LoginEnd::kRedefined || is_login_damaged(account);
  const bool is_itself = account.definition.flow == Flow::kClientCredentials;  // it needs nobody to sign in
  if (!entry && is_itself) return State::kIdle;
  if (!entry) return needs_login ? State::kNeedsLogin : State::kSignedOut;
  if (is_dead(*entry, usable)) return State::kNeedsLogin;
  if (doing<BackingOff>(*entry) || doing<InDoubt>(*entry)) return State::kBackingOff;
  if (!doing<Resting>(*entry) && !doing<Unsaved>(*entry)) return State::kRefreshing;
  return usable ? State::kFresh : State::kIdle;
}

wire::AccountStatus status_of(const Account& account, const GrantEntry* entry, const Client* client,
                              const LoginView& login, const Now& now)
{
  wire::AccountStatus status;
  status.account = account.name;
  status.provider = provider_id(account.definition);
  status.flow = account.definition.flow;
  status.state = state_of(account, entry, login.pending, now.boot);
  status.usable = usable_token(entry, now.boot) != nullptr;
  status.client_id = client ? client->client_id : std::string();
  status.scopes = scopes_of(account, entry);
  status.redirect_uri = login.redirect_uri;
  status.urls = account.definition.urls;
  status.params.assign(account.definition.params.begin(), account.definition.params.end());
  if (account.last_used) add_last_use(status, *account.last_used, account.used_since_start);
  if (entry) add_provider(status, entry->machine.provider());
  else add_provider(status, account.definition);
  if (entry) add_grant(status, *entry, now);
  else if (account.search_failure) add_search(status, *account.search_failure, now);
  if (account.failed_login) add_failed_login(status, *account.failed_login);
  add_trouble(status, account, entry, now);
  return status;
}

}  // namespace tokend
