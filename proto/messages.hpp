// Every call and reply of io.tokend.Broker (and of org.varlink.service) as a plain struct, and how each is read from
// and written to the JSON of a varlink message's "parameters". The field names on the wire stand in the .varlink file,
// the meaning of each field too; here times are Unix seconds and durations seconds. Daemon and client share both
// directions.
//
// Optional fields: std::optional where absent and empty differ; else the default (empty text or list, false, zero)
// stands for absent and is not written. Reading: null is absent, unknown fields are ignored, a missing required field,
// a wrong type, an unknown enum name or a field given twice is kInvalidParameter with the field's name as `subject`
// ("definition.scopes" for a nested one). Nothing is checked here that needs knowledge: see the daemon.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/result.hpp"
#include "proto/secret.hpp"
#include "proto/words.hpp"

namespace tokend::wire {

inline constexpr std::size_t kMostScopesInACall = 16;
inline constexpr std::int64_t kDefaultMinTtl = 30;  // seconds, of GetToken
inline constexpr std::int64_t kDefaultTimeout = 30;
inline constexpr std::int64_t kDefaultLoginTimeout = 300;
// A longer duration counts as this: longer than anybody waits, and far from the end of any clock that it is added to.
inline constexpr std::int64_t kMostSeconds = 1'000'000'000;

using UnixTime = std::int64_t;                                     // seconds
using TextMap = std::vector<std::pair<std::string, std::string>>;  // in the order given; no name twice
struct RawJson {
  std::string text;
};  // one JSON value as it was sent

// A bounded list without an allocation.
struct ScopeViews {
  std::array<std::string_view, kMostScopesInACall> items{};
  std::size_t count = 0;

  std::span<const std::string_view> span() const { return std::span(items).first(count); }
  auto begin() const { return span().begin(); }
  auto end() const { return span().end(); }
  bool empty() const { return count == 0; }
  bool push_back(std::string_view scope)  // false: it is full
  {
    if (count == items.size()) return false;
    items[count++] = scope;
    return true;
  }
};

// Views into the message (or the scratch given to read_get_token): valid as long as those bytes.
struct GetTokenCall {
  std::string_view account;
  std::optional<std::int64_t> min_ttl;  // given: a hard wish
  ScopeViews scopes;
  std::string_view resource, audience;
  TokenKind kind = TokenKind::kAccess;
  std::string_view rejected;  // a secret
  std::string_view challenge;
  bool login = false;
  std::optional<std::int64_t> timeout;
};
struct TokenReply {
  Secret access_token;
  std::string token_type;
  std::optional<UnixTime> expires_at;  // none: does not expire
  std::vector<std::string> scopes;
  std::string account;
  std::string api_base;
  TextMap headers;
};

struct RejectTokenCall {
  std::string account;
  Secret access_token;
};
struct RejectTokenReply {
  bool current = false, refreshed = false;
};

struct LoginCall {
  std::string account;
  std::optional<Flow> flow;
  std::vector<std::string> scopes;
  bool display = false, restart = false, switch_user = false;
  std::optional<std::int64_t> timeout;
};
struct Choice {
  std::string id, label, detail;
};
struct LoginReply {
  Stage stage = Stage::kWaiting;
  std::string url, redirect_uri;
  bool paste_allowed = false;
  std::string certificate_sha256, user_code, verification_uri, verification_uri_complete;
  std::vector<Choice> choices;
  std::string hint;
  std::optional<UnixTime> deadline;
  std::string identity;
};
struct CompleteLoginCall {
  std::string account;
  Secret redirected_url;
};

// Of CancelLogin and GetAccount.
struct AccountCall {
  std::string account;
};

struct RefreshCall {
  std::string account;
  std::optional<std::int64_t> timeout;
};
struct RefreshReply {
  std::optional<UnixTime> expires_at;
};

// Of Logout and RemoveAccount.
struct ForgetCall {
  std::string account;
  bool local_only = false;
};
struct LogoutReply {
  bool revoked = false;
  std::string reason;
  std::string revoke_page;
  std::vector<std::string> also_signed_out;
};
struct RemoveAccountReply {
  bool revoked = false;
  std::string reason;
  std::string revoke_page;
};

// What `add` and `set` say. Absent: leave it as it is.
struct Definition {
  std::optional<std::string> provider, issuer, authorization_endpoint, token_endpoint, device_endpoint,
      revocation_endpoint, client_auth, basic_encoding;
  std::optional<bool> insecure_loopback, shared_redirect;
  std::optional<std::string> client_key, mcp, client_id;
  std::optional<Secret> client_secret;  // empty: forget the one there is
  std::optional<Flow> flow;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::string> redirect_uri;
  std::optional<std::vector<std::string>> urls;
  std::optional<std::string> shares;
  std::optional<TextMap> vars, params;
  std::optional<RawJson> policy;
};
struct AddAccountCall {
  std::string account;
  Definition definition;
  bool dry_run = false;
};
struct AddAccountReply {
  std::string redirect_uri;
};
struct UpdateAccountCall {
  std::string account;
  Definition definition;
  bool dry_run = false;
};
struct UpdateAccountReply {
  std::vector<std::string> changed;
  bool needs_login = false;
};

// The type Account of the interface.
struct AccountStatus {
  std::string account, provider;
  Flow flow = Flow::kCode;
  State state = State::kSignedOut;
  bool usable = false;
  std::string cause, reason, next;
  UnixTime since = 0;
  std::string identity, client_id;
  std::vector<std::string> scopes;
  std::string redirect_uri;
  std::vector<std::string> urls;
  std::string shares, api_base;
  std::optional<UnixTime> expires_at, refresh_issued_at, refresh_expires_at, refresh_idle_at, next_attempt_at;
  std::optional<std::int64_t> attempts;
  std::optional<UnixTime> last_refresh_at, last_error_at;
  std::string last_error;
  std::optional<UnixTime> last_used_at, signed_in_at;
  std::string last_used_on;
  std::string issuer, authorization_endpoint, token_endpoint, client_auth;
  TextMap params;
};
struct GetAccountReply {
  AccountStatus status;
};
struct ListAccountsReply {
  std::int64_t total = 0;
  std::optional<AccountStatus> status;
};

struct UnlockCall {
  std::optional<Secret> passphrase;
};

// The reply of GetStatus.
struct DaemonStatus {
  std::string version;
  std::int64_t pid = 0;
  UnixTime started_at = 0;
  DaemonState state = DaemonState::kOk;
  std::string cause, reason, next;
  std::int64_t accounts = 0, need_login = 0, pending_logins = 0;
  std::string socket, state_dir;
};

struct SubscribeCall {
  std::vector<std::string> accounts;
};  // none: all
struct Event {
  EventKind event = EventKind::kState;
  UnixTime at = 0;
  std::string account;
  std::optional<State> state;
  std::string cause, reason, next;
  std::optional<UnixTime> expires_at;
};

struct ServiceInfo {
  std::string vendor, product, version, url;
  std::vector<std::string> interfaces;
};
struct InterfaceDescriptionCall {
  std::string interface;
};
struct InterfaceDescriptionReply {
  std::string description;
};

// `parameters`: a JSON object, or empty for none. Never throws on any input; allocates what the struct holds.
template <class Message> Result<Message> read_message(std::string_view parameters);
// The serving path: allocates nothing unless a string holds an escape; then `scratch` grows once and is viewed too.
Result<GetTokenCall> read_get_token(std::string_view parameters, std::string& scratch);

// Appends one JSON object. A TokenReply's text is a secret: the caller wipes it.
template <class Message> void write_message(const Message&, std::string& out);

}  // namespace tokend::wire
