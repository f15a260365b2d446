#include "proto/message_fields.hpp"

namespace tokend::wire {

template <>
inline constexpr auto kFields<LoginCall> = std::tuple{
    required("account", &LoginCall::account), optional("flow", &LoginCall::flow),
    optional("scopes", &LoginCall::scopes),   optional("display", &LoginCall::display),
    optional("restart", &LoginCall::restart), optional("switchUser", &LoginCall::switch_user),
    optional("timeout", &LoginCall::timeout),
};
template <>
inline constexpr auto kFields<Choice> = std::tuple{
    required("id", &Choice::id),
    required("label", &Choice::label),
    optional("detail", &Choice::detail),
};
template <>
inline constexpr auto kFields<LoginReply> = std::tuple{
    required("stage", &LoginReply::stage),
    optional("url", &LoginReply::url),
    optional("redirectUri", &LoginReply::redirect_uri),
    optional("pasteAllowed", &LoginReply::paste_allowed),
    optional("certificateSha256", &LoginReply::certificate_sha256),
    optional("userCode", &LoginReply::user_code),
    optional("verificationUri", &LoginReply::verification_uri),
    optional("verificationUriComplete", &LoginReply::verification_uri_complete),
    optional("choices", &LoginReply::choices),
    optional("hint", &LoginReply::hint),
    optional("deadline", &LoginReply::deadline),
    optional("identity", &LoginReply::identity),
};
template <>
inline constexpr auto kFields<CompleteLoginCall> = std::tuple{
    required("account", &CompleteLoginCall::account),
    required("redirectedUrl", &CompleteLoginCall::redirected_url),
};
template <>
inline constexpr auto kFields<AccountCall> = std::tuple{
    required("account", &AccountCall::account),
};
template <>
inline constexpr auto kFields<RefreshCall> = std::tuple{
    required("account", &RefreshCall::account),
    optional("timeout", &RefreshCall::timeout),
};
template <>
inline constexpr auto kFields<RefreshReply> = std::tuple{
    optional("expiresAt", &RefreshReply::expires_at),
};
template <>
inline constexpr auto kFields<ForgetCall> = std::tuple{
    required("account", &ForgetCall::account),
    optional("localOnly", &ForgetCall::local_only),
};
template <>
inline constexpr auto kFields<LogoutReply> = std::tuple{
    required("revoked", &LogoutReply::revoked),
    optional("reason", &LogoutReply::reason),
    optional("revokePage", &LogoutReply::revoke_page),
    required("alsoSignedOut", &LogoutReply::also_signed_out),
};
template <>
inline constexpr auto kFields<RemoveAccountReply> = std::tuple{
    required("revoked", &RemoveAccountReply::revoked),
    optional("reason", &RemoveAccountReply::reason),
    optional("revokePage", &RemoveAccountReply::revoke_page),
};

TOKEND_WIRE_MESSAGE(LoginCall);
TOKEND_WIRE_MESSAGE(LoginReply);
TOKEND_WIRE_MESSAGE(CompleteLoginCall);
TOKEND_WIRE_MESSAGE(AccountCall);
TOKEND_WIRE_MESSAGE(RefreshCall);
TOKEND_WIRE_MESSAGE(RefreshReply);
TOKEND_WIRE_MESSAGE(ForgetCall);
TOKEND_WIRE_MESSAGE(LogoutReply);
TOKEND_WIRE_MESSAGE(RemoveAccountReply);

}  // namespace tokend::wire
