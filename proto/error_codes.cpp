#include "proto/error_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"

namespace tokend {
namespace {

using enum ErrorCode;

// In the order of the enumerators.
constexpr std::array<ErrorNames, 16> kErrors{{
    {kLoginRequired, "io.tokend.Broker.LoginRequired", "login_required", 401, 3},
    {kLoginTimedOut, "io.tokend.Broker.LoginTimedOut", "login_timed_out", 401, 3},
    {kTemporarilyUnavailable, "io.tokend.Broker.TemporarilyUnavailable", "temporarily_unavailable", 503, 5},
    {kDenied, "io.tokend.Broker.Denied", "denied", 403, 6},
    {kLocked, "io.tokend.Broker.Locked", "locked", 423, 7},
    {kNoSuchAccount, "io.tokend.Broker.NoSuchAccount", "no_such_account", 404, 8},
    {kNoSuchProvider, "io.tokend.Broker.NoSuchProvider", "no_such_provider", 404, 8},
    {kProviderRefused, "io.tokend.Broker.ProviderRefused", "provider_refused", 502, 9},
    {kAccountExists, "io.tokend.Broker.AccountExists", "account_exists", 409, 2},
    {kInvalidDefinition, "io.tokend.Broker.InvalidDefinition", "invalid_definition", 400, 2},
    {kInvalidParameter, "org.varlink.service.InvalidParameter", "invalid_parameter", 400, 2},
    {kMethodNotFound, "org.varlink.service.MethodNotFound", "method_not_found", 404, 1},
    {kInterfaceNotFound, "org.varlink.service.InterfaceNotFound", "interface_not_found", 404, 1},
    {kExpectedMore, "org.varlink.service.ExpectedMore", "expected_more", 400, 2},
    {kPermissionDenied, "org.varlink.service.PermissionDenied", "permission_denied", 403, 6},
    {kInternal, "io.tokend.Broker.Internal", "internal", 500, 1},
}};
static_assert([] {
  for (std::size_t i = 0; i < kErrors.size(); ++i)
    if (std::to_underlying(kErrors[i].code) != static_cast<int>(i)) return false;
  return true;
}());

// The parameters of each error as the interface declares them; `required` ones are written even when empty. varlink
// itself declares `parameter` alone for InvalidParameter; the rest of it is ours, and others pass over it.
struct TextParameter {
  std::string_view name;
  std::string Error::* text;
  bool required;
};
constexpr TextParameter kAccount{"account", &Error::account, true}, kMaybeAccount{"account", &Error::account, false},
    kCause{"cause", &Error::cause, true}, kReason{"reason", &Error::reason, true},
    kMaybeReason{"reason", &Error::reason, false}, kNext{"next", &Error::next, true},
    kMaybeNext{"next", &Error::next, false}, kRedirectUri{"redirectUri", &Error::redirect_uri, false};
constexpr TextParameter subject_as(std::string_view name) { return {name, &Error::subject, true}; }

std::vector<TextParameter> text_parameters(ErrorCode code)
{
  switch (code) {
    case kLoginRequired: return {kAccount, kCause, kReason, kNext};
    case kLoginTimedOut: return {kAccount, kRedirectUri, kReason, kNext};
    case kTemporarilyUnavailable:
    case kDenied: return {kMaybeAccount, kCause, kReason, kMaybeNext};
    case kLocked: return {kReason, kNext};
    case kNoSuchAccount:
    case kAccountExists: return {kAccount, kMaybeReason, kMaybeNext};
    case kNoSuchProvider: return {subject_as("provider")};
    case kProviderRefused: return {kAccount, kCause, kReason, kMaybeNext};
    case kInvalidDefinition: return {subject_as("field"), kMaybeAccount, kReason, kMaybeNext};
    case kInvalidParameter: return {subject_as("parameter"), kMaybeAccount, kMaybeReason, kMaybeNext};
    case kMethodNotFound: return {subject_as("method")};
    case kInterfaceNotFound: return {subject_as("interface")};
    case kExpectedMore:
    case kPermissionDenied: return {};
    case kInternal: return {kReason};
  }
  return {};
}

bool has_similar(ErrorCode code) { return code == kNoSuchAccount || code == kNoSuchProvider; }

// For the errors whose declaration has no reason.
std::string made_reason(const Error& error)
{
  const auto about = [&](const char* words) { return words + (" '" + error.subject + "'"); };
  switch (error.code) {
    case kNoSuchAccount: return "no account '" + error.account + "' here";
    case kNoSuchProvider: return about("no provider");
    case kAccountExists: return "there is an account '" + error.account + "' already";
    case kInvalidParameter: return about("the daemon does not take parameter");
    case kMethodNotFound: return about("the daemon has no method");
    case kInterfaceNotFound: return about("the daemon has no interface");
    case kExpectedMore: return "this method streams: it must be called with 'more'";
    case kPermissionDenied: return "you have no right to do this";
    default: return "the daemon gave no reason";
  }
}

void read_list(JsonReader& in, std::vector<std::string>& out)
{
  if (!in.enter_array()) return static_cast<void>(in.skip());
  for (std::string_view item; in.next_element();)
    if (in.read(item)) out.emplace_back(item);
    else in.skip();
}

void read_parameter(JsonReader& in, std::string_view name, Error& error)
{
  std::int64_t seconds = 0;
  std::string_view text;
  if (name == "similar") return read_list(in, error.similar);
  if (name == "retryAfter" && in.read(seconds)) return static_cast<void>(error.retry_after = seconds);
  if (!in.read(text)) return static_cast<void>(in.skip());
  for (const TextParameter& parameter : text_parameters(error.code))
    if (parameter.name == name) error.*parameter.text = text;
}

void write_similar(const Error& error, JsonWriter& json)
{
  json.name("similar").begin_array();
  for (const std::string& name : error.similar) json.value(name);
  json.end_array();
}

}  // namespace

const ErrorNames& names_of(ErrorCode code) { return kErrors[static_cast<std::size_t>(std::to_underlying(code))]; }

void write_error_parameters(const Error& error, std::string& out)
{
  JsonWriter json(out);
  json.begin_object();
  for (const TextParameter& parameter : text_parameters(error.code))
    if (parameter.required || !(error.*parameter.text).empty()) json.member(parameter.name, error.*parameter.text);
  if (error.code == kTemporarilyUnavailable && error.retry_after) json.member("retryAfter", *error.retry_after);
  if (has_similar(error.code)) write_similar(error, json);
  json.end_object();
}

Error read_error(std::string_view varlink_name, std::string_view parameters)
{
  const auto known = std::ranges::find(kErrors, varlink_name, &ErrorNames::varlink);
  if (known == kErrors.end())
    return {.code = kInternal, .reason = "the daemon answered '" + std::string(varlink_name) + "', unknown here"};
  Error error{.code = known->code, .reason = {}};
  std::string scratch;
  JsonReader in(parameters, scratch);
  if (in.enter_object())
    for (std::string_view name; in.next_member(name);) read_parameter(in, name, error);
  if (error.reason.empty()) error.reason = made_reason(error);
  return error;
}

void write_http_error(const Error& error, std::string& out)
{
  JsonWriter json(out);
  json.begin_object().member("error", names_of(error.code).http);
  json.member("error_description", error.reason.empty() ? made_reason(error) : error.reason);
  if (!error.account.empty()) json.member("account", error.account);
  if (!error.cause.empty()) json.member("cause", error.cause);
  if (!error.next.empty()) json.member("next", error.next);
  if (!error.similar.empty()) write_similar(error, json);
  json.end_object();
}

}  // namespace tokend
