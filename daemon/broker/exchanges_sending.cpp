// What an exchange sends: the request of each kind, and the secrets that are opened for it and for nothing else.
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

}  // namespace

std::optional<HttpRequest> Exchanges::request(const GrantEntry& entry, const Attempt& attempt) const
{
  const Provider& provider = entry.machine.provider();
  const Client* client = registry_.find(entry.client);
  const auto credential = credential_of(entry, attempt);
  const auto secret = client ? secret_of(*client) : std::nullopt;
  if (!client || !credential || (!secret && provider.client_auth != ClientAuth::kNone)) return std::nullopt;
  const ClientIdentity who{client->client_id, secret ? &*secret : nullptr};
  const auto consent = consents_.find(entry.id);
  switch (attempt.kind) {
    case AttemptKind::kClientCredentials:
      return client_credentials_request(provider, who, with_default_scopes(attempt.key, entry.record.definition));
    case AttemptKind::kRefresh: return refresh_request(provider, who, *credential, attempt.key);
    case AttemptKind::kDevice: return device_poll_request(provider, who, *credential);
    case AttemptKind::kCode: break;
  }
  const auto& verifier = consent->second.verifier;
  return code_request(provider, who, {*credential, consent->second.redirect_uri, verifier ? &*verifier : nullptr});
}

std::optional<Secret> Exchanges::credential_of(const GrantEntry& entry, const Attempt& attempt) const
{
  if (attempt.kind == AttemptKind::kClientCredentials) return Secret();
  if (attempt.kind == AttemptKind::kRefresh) return refresh_token_of(entry);
  const auto consent = consents_.find(entry.id);
  if (consent == consents_.end() || consent->second.code.empty()) return std::nullopt;
  return consent->second.code.duplicate();
}

std::optional<Secret> Exchanges::refresh_token_of(const GrantEntry& entry) const
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

std::optional<Secret> Exchanges::secret_of(const Client& client) const
{
  if (client.secret.empty()) return std::nullopt;
  auto secret = vault_.open_client_secret(client.id, client.secret);
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

}  // namespace tokend
