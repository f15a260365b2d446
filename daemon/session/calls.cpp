#include "daemon/session/calls.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/broker/replies.hpp"
#include "daemon/core/definition.hpp"
#include "proto/interface_text.hpp"

namespace tokend {
namespace {

Error refused_parameter(std::string name, std::string why)
{
  std::string reason = "parameter '" + name + "' " + std::move(why);
  return {.code = ErrorCode::kInvalidParameter, .reason = std::move(reason), .subject = std::move(name)};
}
Error later_version(std::string name) { return refused_parameter(std::move(name), "is of a later version"); }

Error bad_scopes(std::string_view account)
{
  Error error =
      refused_parameter("scopes", "has an item that is no scope: one is printable ASCII without space, quote and \\");
  error.account = account;
  error.next = "give each scope by itself";
  return error;
}

Error not_found(ErrorCode code, std::string reason, std::string_view subject)
{
  return {.code = code, .reason = std::move(reason), .subject = std::string(subject)};
}

Error expected_more() { return {.code = ErrorCode::kExpectedMore, .reason = "this method streams"}; }

bool bound(std::optional<std::int64_t>& seconds)
{
  if (seconds) seconds = std::min(*seconds, wire::kMostSeconds);
  return seconds.value_or(0) >= 0;
}

// Bounds a message's durations. False: its timeout is negative.
template <class Message> bool bound_timeout(Message& message)
{
  if constexpr (requires { message.timeout; }) return bound(message.timeout);
  return true;
}

bool has_good_scopes(const auto& message) { return std::ranges::all_of(message.scopes, is_scope); }

// What is wrong with a GetToken's parameters, if anything is.
std::optional<Error> judge(wire::GetTokenCall& call)
{
  if (!bound(call.min_ttl)) return refused_parameter("minTtl", "is negative");
  if (!bound(call.timeout)) return refused_parameter("timeout", "is negative");
  if (!has_good_scopes(call)) return bad_scopes(call.account);
  if (call.kind == wire::TokenKind::kId) return later_version("kind");
  if (!call.challenge.empty()) return later_version("challenge");
  return std::nullopt;
}

// What is wrong with another message, if anything is.
template <class Message> std::optional<Error> judge(Message& message)
{
  if (!bound_timeout(message)) return refused_parameter("timeout", "is negative");
  if constexpr (requires { message.scopes; })
    if (!has_good_scopes(message)) return bad_scopes(message.account);
  return std::nullopt;
}

Error unknown_method(std::string_view method)
{
  const std::string_view interface = varlink::interface_of(method);
  if (interface.empty() || interface == kBrokerInterface || interface == kServiceInterface)
    return not_found(ErrorCode::kMethodNotFound, "there is no method " + std::string(method), method);
  return not_found(ErrorCode::kInterfaceNotFound, "there is no interface " + std::string(interface), interface);
}

}  // namespace

Answer answer_of(const CallOutcome& outcome)
{
  if (const auto* ready = std::get_if<const ReadyReply*>(&outcome)) return {*ready};
  if (const auto* error = std::get_if<Error>(&outcome)) return {error};
  return {std::string_view(std::get<std::string>(outcome))};
}

struct Calls::Method {
  std::string_view name;
  CallOutcome (Calls::*start)(std::string_view parameters, Waiter&);
  bool streams = false;
};

const Calls::Method Calls::kMethods[] = {
    {"io.tokend.Broker.GetToken", &Calls::read_and_get_token},
    {"io.tokend.Broker.RejectToken", &Calls::read_and_perform<wire::RejectTokenCall, &Broker::reject_token>},
    {"io.tokend.Broker.Login", &Calls::read_and_perform<wire::LoginCall, &Broker::login>, true},
    {"io.tokend.Broker.CompleteLogin", &Calls::read_and_perform<wire::CompleteLoginCall, &Broker::complete_login>},
    {"io.tokend.Broker.CancelLogin", &Calls::read_and_perform<wire::AccountCall, &Broker::cancel_login>},
    {"io.tokend.Broker.Refresh", &Calls::read_and_perform<wire::RefreshCall, &Broker::refresh>},
    {"io.tokend.Broker.Logout", &Calls::read_and_perform<wire::ForgetCall, &Broker::logout>},
    {"io.tokend.Broker.AddAccount", &Calls::read_and_perform<wire::AddAccountCall, &Broker::add_account>},
    {"io.tokend.Broker.UpdateAccount", &Calls::read_and_perform<wire::UpdateAccountCall, &Broker::update_account>},
    {"io.tokend.Broker.RemoveAccount", &Calls::read_and_perform<wire::ForgetCall, &Broker::remove_account>},
    {"io.tokend.Broker.GetAccount", &Calls::read_and_perform<wire::AccountCall, &Broker::get_account>},
    {"io.tokend.Broker.ListAccounts", &Calls::perform<&Broker::list_accounts>, true},
    {"io.tokend.Broker.Lock", &Calls::perform<&Broker::lock>},
    {"io.tokend.Broker.Unlock", &Calls::read_and_perform<wire::UnlockCall, &Broker::unlock>},
    {"io.tokend.Broker.GetStatus", &Calls::perform<&Broker::get_status>},
    {"io.tokend.Broker.Subscribe", &Calls::read_and_perform<wire::SubscribeCall, &Broker::subscribe>, true},
    {"org.varlink.service.GetInfo", &Calls::get_info},
    {"org.varlink.service.GetInterfaceDescription", &Calls::get_interface_description},
};

Calls::~Calls() { wipe(scratch_); }

const Calls::Method* Calls::find(std::string_view name)
{
  const Method* method = std::ranges::find(kMethods, name, &Method::name);
  return method == std::end(kMethods) ? nullptr : method;
}

CallOutcome Calls::start(const varlink::Call& call, Waiter& waiter)
{
  const Method* method = find(call.method);
  if (!method) return unknown_method(call.method);
  if (method->streams && !call.more) return expected_more();
  CallOutcome outcome = (this->*method->start)(call.parameters, waiter);
  if (auto* waiting = std::get_if<Waiting>(&outcome)) waiting->stream = method->streams;
  return outcome;
}

CallOutcome Calls::read_and_get_token(std::string_view parameters, Waiter& waiter)
{
  const Result<wire::GetTokenCall> call = wire::read_get_token(parameters, scratch_);
  CallOutcome outcome = call ? get_token(*call, waiter) : CallOutcome(call.error());
  if (!scratch_.empty()) wipe(scratch_);
  return outcome;
}

CallOutcome Calls::get_token(wire::GetTokenCall call, Waiter& waiter)
{
  if (auto wrong = judge(call)) return std::move(*wrong);
  const ReadyReply* ready = call.rejected.empty() ? broker_.ready(call) : nullptr;
  if (ready) return ready;
  broker_.get_token(call, waiter);
  return Waiting{};
}

template <class Message, auto kPerform> CallOutcome Calls::read_and_perform(std::string_view parameters, Waiter& waiter)
{
  Result<Message> message = wire::read_message<Message>(parameters);
  if (!message) return std::move(message.error());
  if (auto wrong = judge(*message)) return std::move(*wrong);
  (broker_.*kPerform)(std::move(*message), waiter);
  return Waiting{};
}

template <auto kPerform> CallOutcome Calls::perform(std::string_view parameters, Waiter& waiter)
{
  if (!parameters.empty() && !parameters.starts_with('{')) return refused_parameter("parameters", "is no object");
  (broker_.*kPerform)(waiter);
  return Waiting{};
}

CallOutcome Calls::get_account(std::string account, Waiter& waiter)
{
  broker_.get_account({std::move(account)}, waiter);
  return Waiting{};
}

CallOutcome Calls::list_accounts(Waiter& waiter) { return perform<&Broker::list_accounts>({}, waiter); }

CallOutcome Calls::get_status(Waiter& waiter) { return perform<&Broker::get_status>({}, waiter); }

CallOutcome Calls::get_info(std::string_view, Waiter&)
{
  wire::ServiceInfo info{.vendor = "tokend", .product = "tokend", .version = TOKEND_VERSION};
  info.interfaces = {std::string(kServiceInterface), std::string(kBrokerInterface)};
  return json_of(info);
}

CallOutcome Calls::get_interface_description(std::string_view parameters, Waiter&)
{
  const auto call = wire::read_message<wire::InterfaceDescriptionCall>(parameters);
  if (!call) return call.error();
  if (call->interface == kBrokerInterface)
    return json_of(wire::InterfaceDescriptionReply{std::string(kBrokerInterfaceText)});
  if (call->interface == kServiceInterface)
    return json_of(wire::InterfaceDescriptionReply{std::string(kServiceInterfaceText)});
  return not_found(ErrorCode::kInterfaceNotFound, "there is no interface " + call->interface, call->interface);
}

}  // namespace tokend
