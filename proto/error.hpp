// One failure as people and programs are told it: a code, a cause, one sentence, the next command.
// The code decides everything mechanical (varlink name, HTTP status, exit code: see error_codes.hpp); the texts are
// made where the context is known. No secret and no provider's body ever stands in one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tokend {

enum class ErrorCode {
  kLoginRequired,  // causes: never_signed_in signed_out refresh_token_revoked refresh_token_expired ...
  kLoginTimedOut,
  kTemporarilyUnavailable,  // causes: network dns tls provider_error rate_limited timed_out port_busy disk_full
                            // disk_read_only disk_failed
  kDenied,                  // causes: user_denied different_user not_confirmed scopes_max
  kLocked,
  kNoSuchAccount,
  kNoSuchProvider,
  kProviderRefused,  // causes: bad_client bad_scope bad_redirect endpoint_changed no_metadata
  kAccountExists,
  kInvalidDefinition,
  kInvalidParameter,  // org.varlink.service.*: from here on
  kMethodNotFound,
  kInterfaceNotFound,
  kExpectedMore,
  kPermissionDenied,
  kInternal,  // a broken machine; never expected
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;      // a sentence without a full stop
  std::string cause = {};  // one word of an open list, or empty
  std::string next = {};   // a command, or empty
  std::string account = {};
  std::string subject = {};               // provider, field, parameter, method or interface that the code speaks of
  std::vector<std::string> similar = {};  // kNoSuchAccount, kNoSuchProvider
  std::string redirect_uri = {};          // kLoginTimedOut
  std::optional<std::int64_t> retry_after = {};  // seconds; kTemporarilyUnavailable
};

}  // namespace tokend
