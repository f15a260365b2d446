#include "proto/message_fields.hpp"

namespace tokend::wire {

template <>
inline constexpr auto kFields<Definition> = std::tuple{
    optional("provider", &Definition::provider),
    optional("issuer", &Definition::issuer),
    optional("authorizationEndpoint", &Definition::authorization_endpoint),
    optional("tokenEndpoint", &Definition::token_endpoint),
    optional("deviceEndpoint", &Definition::device_endpoint),
    optional("revocationEndpoint", &Definition::revocation_endpoint),
    optional("clientAuth", &Definition::client_auth),
    optional("basicEncoding", &Definition::basic_encoding),
    optional("insecureLoopback", &Definition::insecure_loopback),
    optional("sharedRedirect", &Definition::shared_redirect),
    optional("clientKey", &Definition::client_key),
    optional("mcp", &Definition::mcp),
    optional("clientId", &Definition::client_id),
    optional("clientSecret", &Definition::client_secret),
    optional("flow", &Definition::flow),
    optional("scopes", &Definition::scopes),
    optional("redirectUri", &Definition::redirect_uri),
    optional("urls", &Definition::urls),
    optional("shares", &Definition::shares),
    optional("vars", &Definition::vars),
    optional("params", &Definition::params),
    optional("policy", &Definition::policy),
};
template <>
inline constexpr auto kFields<AddAccountCall> = std::tuple{
    required("account", &AddAccountCall::account),
    required("definition", &AddAccountCall::definition),
    optional("dryRun", &AddAccountCall::dry_run),
};
template <>
inline constexpr auto kFields<AddAccountReply> = std::tuple{
    optional("redirectUri", &AddAccountReply::redirect_uri),
};
template <>
inline constexpr auto kFields<UpdateAccountCall> = std::tuple{
    required("account", &UpdateAccountCall::account),
    required("definition", &UpdateAccountCall::definition),
    optional("dryRun", &UpdateAccountCall::dry_run),
};
template <>
inline constexpr auto kFields<UpdateAccountReply> = std::tuple{
    required("changed", &UpdateAccountReply::changed),
    required("needsLogin", &UpdateAccountReply::needs_login),
};
template <>
inline constexpr auto kFields<AccountStatus> = std::tuple{
    required("account", &AccountStatus::account),
    required("provider", &AccountStatus::provider),
    required("flow", &AccountStatus::flow),
    required("state", &AccountStatus::state),
    required("usable", &AccountStatus::usable),
    optional("cause", &AccountStatus::cause),
    optional("reason", &AccountStatus::reason),
    optional("next", &AccountStatus::next),
    required("since", &AccountStatus::since),
    optional("identity", &AccountStatus::identity),
    optional("clientId", &AccountStatus::client_id),
    required("scopes", &AccountStatus::scopes),
    optional("redirectUri", &AccountStatus::redirect_uri),
    required("urls", &AccountStatus::urls),
    optional("shares", &AccountStatus::shares),
    optional("apiBase", &AccountStatus::api_base),
    optional("expiresAt", &AccountStatus::expires_at),
    optional("refreshIssuedAt", &AccountStatus::refresh_issued_at),
    optional("refreshExpiresAt", &AccountStatus::refresh_expires_at),
    optional("refreshIdleAt", &AccountStatus::refresh_idle_at),
    optional("nextAttemptAt", &AccountStatus::next_attempt_at),
    optional("attempts", &AccountStatus::attempts),
    optional("lastRefreshAt", &AccountStatus::last_refresh_at),
    optional("lastErrorAt", &AccountStatus::last_error_at),
    optional("lastError", &AccountStatus::last_error),
    optional("lastUsedAt", &AccountStatus::last_used_at),
    optional("lastUsedOn", &AccountStatus::last_used_on),
    optional("signedInAt", &AccountStatus::signed_in_at),
    optional("issuer", &AccountStatus::issuer),
    optional("authorizationEndpoint", &AccountStatus::authorization_endpoint),
    optional("tokenEndpoint", &AccountStatus::token_endpoint),
    optional("clientAuth", &AccountStatus::client_auth),
    optional("params", &AccountStatus::params),
};
template <>
inline constexpr auto kFields<GetAccountReply> = std::tuple{
    required("status", &GetAccountReply::status),
};
template <>
inline constexpr auto kFields<ListAccountsReply> = std::tuple{
    required("total", &ListAccountsReply::total),
    optional("status", &ListAccountsReply::status),
};

TOKEND_WIRE_MESSAGE(AddAccountCall);
TOKEND_WIRE_MESSAGE(AddAccountReply);
TOKEND_WIRE_MESSAGE(UpdateAccountCall);
TOKEND_WIRE_MESSAGE(UpdateAccountReply);
TOKEND_WIRE_MESSAGE(AccountStatus);
TOKEND_WIRE_MESSAGE(GetAccountReply);
TOKEND_WIRE_MESSAGE(ListAccountsReply);

}  // namespace tokend::wire
