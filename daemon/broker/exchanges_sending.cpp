// What an exchange sends: the request of each kind, and the secrets that are opened for it and for nothing else.
#include "daemon/broker/account_sealing.hpp"
#include "daemon/broker/exchanges.hpp"
#include "daemon/core/token_request.hpp"

namespace tokend {
namespace {

// There is no consent whose scopes could be meant: the account's own are asked for.
TokenKey with_default_scopes(TokenKey key, const AccountDefinition& definition)
{
  if (key.scopes.empty()) key.scopes = definition.scopes;
  return key;
}

// What its records are sealed to. A client that got its first secret later is the same client.
bool is_bound(const GrantEntry& entry, const Client& client)
{
  Provider provider = entry.machine.provider();
  if (binding_to(provider, client.client_id) == entry.binding) return true;
  provider.client_auth = ClientAuth::kNone;
  return binding_to(provider, client.client_id) == entry.binding;
}

Error not_its_login()
{
  return {.code = ErrorCode::kProviderRefused,
          .reason = "its login was for another server or another client than are stored now: nothing was sent",
          .cause = "endpoint_changed"};
}

}  // namespace

Result<Destination> Exchanges::destination(const GrantEntry& entry, const std::string& url) const
{
  auto place = entry.record.origins.admit(url);
  if (!place) return place;
  const Client* client = registry_.find(entry.client);
  if (!client || !is_bound(entry, *client)) return fail(not_its_login());
  return place;
}

std::expected<HttpRequest, HttpFailure> Exchanges::request(const GrantEntry& entry, const Attempt& attempt) const
{
  const auto unable = [](std::string why) {
    return std::unexpected(HttpFailure{HttpTrouble::kConnect, Sent::kNo, std::move(why)});
  };
  if (stopped_) return unable("tokend is stopping, or its vault is being locked");
  const Provider& provider = entry.machine.provider();
  const auto place = destination(entry, provider.token_endpoint);
  if (!place) return std::unexpected(HttpFailure{HttpTrouble::kForbidden, Sent::kNo, place.error().reason});
  const Recipient to{provider, *place};
  const Client& client = *registry_.find(entry.client);
  const auto credential = credential_of(entry, attempt, *place);
  const auto secret = secret_of(client, *place);
  if (!credential || (!secret && provider.client_auth != ClientAuth::kNone))
    return unable("its sealed credential cannot be opened");
  const ClientIdentity who{client.client_id, secret ? &*secret : nullptr};
  switch (attempt.kind) {
    case AttemptKind::kClientCredentials:
      return client_credentials_request(to, who, with_default_scopes(attempt.key, entry.record.definition));
    case AttemptKind::kRefresh: return refresh_request(to, who, *credential, attempt.key);
    case AttemptKind::kDevice: return device_poll_request(to, who, *credential);
    case AttemptKind::kCode: break;
  }
  const Consent& consent = consents_.at(entry.id);
  const Secret* verifier = consent.verifier ? &*consent.verifier : nullptr;
  return code_request(to, who, {*credential, consent.redirect_uri, verifier});
}

std::optional<Secret> Exchanges::credential_of(const GrantEntry& entry, const Attempt& attempt,
                                               const Destination& place) const
{
  if (attempt.kind == AttemptKind::kClientCredentials) return Secret();
  if (attempt.kind == AttemptKind::kRefresh) return refresh_token_of(entry, place);
  const auto consent = consents_.find(entry.id);
  if (consent == consents_.end() || consent->second.code.empty()) return std::nullopt;
  return consent->second.code.duplicate();
}

std::optional<Secret> Exchanges::refresh_token_of(const GrantEntry& entry, const Destination&) const
{
  return held_token(entry);
}

std::optional<Secret> Exchanges::held_token(const GrantEntry& entry) const
{
  const auto* held = std::get_if<RefreshToken>(&entry.machine.credential());
  if (!held) return std::nullopt;
  const auto json = vault_.open_refresh(context(entry, entry.machine.generation()), held->sealed);
  if (!json) return std::nullopt;
  auto opened = read_grant_record(*json);
  if (!opened) return std::nullopt;
  return std::move(opened->refresh_token);
}

Result<Secret> Exchanges::access_token_of(const GrantEntry& entry, const AccessToken& token) const
{
  return vault_.open_access(context(entry, token.generation), token.row, token.key, token.sealed);
}

std::optional<Secret> Exchanges::secret_of(const Client& client, const Destination& place) const
{
  if (client.secret.empty()) return std::nullopt;
  auto secret = vault_.open_client_secret(place, client.id, client.secret);
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

AllowedOrigins Exchanges::allowed_of(const Account& account, const Provider& found) const
{
  const Client* client = account.client ? registry_.find(*account.client) : nullptr;
  const bool has_secret = client && !client->secret.empty();
  return allowed_origins(account.definition, has_secret ? account.fixed_origins : std::vector<std::string>{}, found);
}

void Exchanges::fix_origins(Account& account, const Provider& found)
{
  if (!needs_discovery(account.definition) || !account.fixed_origins.empty()) return;
  account.fixed_origins = binding_origins(found);
  seal(account, vault_);  // its row goes to disk with the login
}

}  // namespace tokend
