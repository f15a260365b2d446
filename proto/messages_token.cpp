#include "proto/message_fields.hpp"

namespace tokend::wire {

Error invalid_parameter(std::string subject)
{
  if (subject.empty()) subject = "parameters";
  std::string reason = "parameter '" + subject + "' is missing, given twice or of the wrong type";
  return {.code = ErrorCode::kInvalidParameter, .reason = std::move(reason), .subject = std::move(subject)};
}

template <>
inline constexpr auto kFields<GetTokenCall> = std::tuple{
    required("account", &GetTokenCall::account),   optional("minTtl", &GetTokenCall::min_ttl),
    optional("scopes", &GetTokenCall::scopes),     optional("resource", &GetTokenCall::resource),
    optional("audience", &GetTokenCall::audience), optional("kind", &GetTokenCall::kind),
    optional("rejected", &GetTokenCall::rejected), optional("challenge", &GetTokenCall::challenge),
    optional("login", &GetTokenCall::login),       optional("timeout", &GetTokenCall::timeout),
};
template <>
inline constexpr auto kFields<TokenReply> = std::tuple{
    required("accessToken", &TokenReply::access_token), required("tokenType", &TokenReply::token_type),
    optional("expiresAt", &TokenReply::expires_at),     required("scopes", &TokenReply::scopes),
    required("account", &TokenReply::account),          optional("apiBase", &TokenReply::api_base),
    optional("headers", &TokenReply::headers),
};

template <>
inline constexpr auto kFields<RejectTokenCall> = std::tuple{
    required("account", &RejectTokenCall::account),
    required("accessToken", &RejectTokenCall::access_token),
};
template <>
inline constexpr auto kFields<RejectTokenReply> = std::tuple{
    required("current", &RejectTokenReply::current),
    required("refreshed", &RejectTokenReply::refreshed),
};

Result<GetTokenCall> read_get_token(std::string_view parameters, std::string& scratch)
{
  return decode_parameters<GetTokenCall>(parameters, scratch);
}
template void write_message<GetTokenCall>(const GetTokenCall&, std::string&);

TOKEND_WIRE_MESSAGE(TokenReply);
TOKEND_WIRE_MESSAGE(RejectTokenCall);
TOKEND_WIRE_MESSAGE(RejectTokenReply);

}  // namespace tokend::wire
