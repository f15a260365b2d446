// What is told to the provider when a login leaves (RFC 7009), and what its answer means for the login.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/broker/departures.hpp"
#include "daemon/core/token_request.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

// tokenctl logout NAME --local, or remove.
std::string without_provider(const std::string& account, Departures::Kind kind)
{
  return fmt::format("tokenctl {} {} --local", kind == Departures::Kind::kLogout ? "logout" : "remove", account);
}

Error provider_down(const std::string& account, Departures::Kind kind, const Judgement& judgement)
{
  const bool config = judgement.what == ErrorClass::kConfig;  // of the app: another try changes nothing
  const ErrorCode code = config ? ErrorCode::kProviderRefused : ErrorCode::kTemporarilyUnavailable;
  Error error{.code = code, .cause = judgement.cause, .account = account};
  if (error.cause.empty()) error.cause = "provider_error";
  error.reason = fmt::format("{}: {}; nothing was forgotten", account, judgement.sentence);
  error.next = without_provider(account, kind);
  if (judgement.retry_after) error.retry_after = judgement.retry_after->count();
  return error;
}

Error moved_away(const std::string& account, Departures::Kind kind, Error why)
{
  why.reason = fmt::format("{}: {}; nothing was forgotten", account, why.reason);
  why.next = without_provider(account, kind);
  why.account = account;
  return why;
}

// RFC 7009 section 2.2: 200 also for a token that the server does not know. Not where it holds an error all the same.
bool is_revoked(const HttpOutcome& outcome)
{
  if (!outcome || outcome->status / 100 != 2) return false;
  return !std::holds_alternative<OAuthError>(read_token_reply(*outcome));
}

// Servers that say so instead of 200: there is nothing left to revoke.
bool is_gone_already(const Judgement& judgement)
{
  const bool named = judgement.what == ErrorClass::kRelogin || judgement.error == "invalid_token";
  // A 401 is about who asks (RFC 6749 section 5.2), whatever it is called.
  return judgement.outcome == Outcome::kRefused && judgement.status == 400 && named;
}

// A server that says that it cannot revoke this kind of token will not do so tomorrow.
bool never_will(const Judgement& judgement) { return judgement.error == "unsupported_token_type"; }

bool may_be_one_person(const GrantEntry& a, const GrantEntry& b)
{
  const auto &one = a.record.identity, &other = b.record.identity;
  return !one || !other || one->same_person(*other);
}

bool is_live(const Grant& grant, BootTime now)
{
  return !grant.retired() && (grant.may_refresh() || grant.usable(TokenKey{}, Seconds(0), now));
}

// Many providers end a person's whole consent to an app with any of its tokens: the login that goes on with it.
bool ends_another_login(Registry& registry, const GrantEntry& entry, BootTime now)
{
  const auto shares = [&](const auto& item) {
    const GrantEntry& other = *item.second;
    return other.id != entry.id && other.client == entry.client && !other.accounts.empty() &&
           issuer_or_origin(other.machine.provider()) == issuer_or_origin(entry.machine.provider()) &&
           may_be_one_person(other, entry) && is_live(other.machine, now);
  };
  return std::ranges::any_of(registry.grants(), shares);
}

}  // namespace

// The client's secret may be newer than the login, and have been entered for other places.
bool Departures::may_go(const Client& client, const GrantEntry& entry, const std::string& url) const
{
  if (client.secret.empty()) return true;
  const Metadata* found = entry.record.metadata ? &*entry.record.metadata : nullptr;
  return std::ranges::all_of(registry_.by_name(), [&](const auto& item) {
    const Account& account = *registry_.find(item.second);
    if (account.client != client.id) return true;  // of an account that does not open nobody has changed the secret
    const auto now = resolve(account.definition, found, ClientSecret::kPresent, Purpose::kGrant);
    return now && exchanges_.allowed_of(account, *now).admit(url).has_value();
  });
}

Result<std::optional<HttpRequest>> Departures::revocation(const GrantEntry& entry) const
{
  const Provider& provider = entry.machine.provider();
  const Client* client = registry_.find(entry.client);
  if (!client || provider.revocation_endpoint.empty()) return std::nullopt;
  const auto place = exchanges_.destination(entry, provider.revocation_endpoint);
  if (!place) return fail(place.error());
  if (!may_go(*client, entry, provider.revocation_endpoint)) return std::nullopt;
  const auto secret = exchanges_.secret_of(*client, *place);
  const ClientIdentity who{client->client_id, secret ? &*secret : nullptr};
  const Recipient to{provider, *place};
  if (const auto refresh = exchanges_.refresh_token_of(entry, *place); refresh && !refresh->empty())
    return revocation_request(to, who, *refresh, RevokedToken::kRefresh);
  const AccessToken* token = entry.machine.usable(TokenKey{}, Seconds(0), ports_.loop.now());
  if (!token) return std::nullopt;
  const auto access = exchanges_.access_token_of(entry, *token);
  if (!access) return std::nullopt;
  return revocation_request(to, who, *access, RevokedToken::kAccess);
}

void Departures::revoke(Leaving leaving, const GrantEntry& entry)
{
  auto request = revocation(entry);
  if (!request) return stay(leaving, moved_away(leaving.name, leaving.kind, request.error()));
  if (!*request) return forget(std::move(leaving));
  note_under_way(leaving);
  revoked_at_[entry.id] = entry.machine.generation();
  ports_.http.send(
      exchanges_.next_http_id(), std::move(**request),
      [this, leaving = std::move(leaving)](HttpOutcome outcome) mutable { revoked(std::move(leaving), outcome); });
}

void Departures::unwanted(const GrantEntry& entry, const TokenResponse& minted)
{
  const Provider& provider = entry.machine.provider();
  const Client* client = registry_.find(entry.client);
  if (!client || provider.revocation_endpoint.empty()) return;
  const auto place = exchanges_.destination(entry, provider.revocation_endpoint);
  if (!place || !may_go(*client, entry, provider.revocation_endpoint)) return;
  if (ends_another_login(registry_, entry, ports_.loop.now())) return;
  const auto secret = exchanges_.secret_of(*client, *place);
  const ClientIdentity who{client->client_id, secret ? &*secret : nullptr};
  const bool has_refresh = !minted.refresh_token.empty();
  auto request = revocation_request({provider, *place}, who, has_refresh ? minted.refresh_token : minted.access_token,
                                    has_refresh ? RevokedToken::kRefresh : RevokedToken::kAccess);
  ports_.http.send(exchanges_.next_http_id(), std::move(request), [](HttpOutcome) {});
}

void Departures::discarding(const GrantEntry& entry)
{
  const auto revoked_at = revoked_at_.extract(entry.id);
  const bool revoked_older = !revoked_at.empty() && revoked_at.mapped() != entry.machine.generation();
  if (!revoked_older && (entry.had_account || ends_another_login(registry_, entry, ports_.loop.now()))) return;
  if (auto request = revocation(entry); request && *request)
    ports_.http.send(exchanges_.next_http_id(), std::move(**request), [](HttpOutcome) {});
}

void Departures::revoked(Leaving leaving, const HttpOutcome& outcome)
{
  no_more_under_way(leaving);
  leaving.revoked = is_revoked(outcome);
  if (leaving.revoked) return forget(std::move(leaving));
  const Account* account = registry_.find(leaving.account);
  const GrantEntry* entry = account ? registry_.grant_of(*account) : nullptr;
  const std::string host = entry ? host_of(entry->machine.provider().revocation_endpoint) : std::string();
  const Judgement judgement = judge(outcome, {AttemptKind::kRefresh, host}, ports_.loop.wall());
  if (is_gone_already(judgement)) {
    leaving.revoked = true;
    leaving.reason = judgement.sentence + ": it had ended the login already";
  }
  if (leaving.revoked || never_will(judgement)) return forget(std::move(leaving));
  stay(leaving, provider_down(leaving.name, leaving.kind, judgement));
}

}  // namespace tokend
