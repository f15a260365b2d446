#include "daemon/session/http_session.hpp"

#include <algorithm>
#include <utility>

#include "daemon/session/http_gate.hpp"
#include "proto/error_codes.hpp"
#include "proto/json_reader.hpp"

namespace tokend {
namespace {

// The parameters within a ready varlink message.
std::string_view parameters_of(const ReadyReply& ready)
{
  constexpr std::string_view kBefore = R"({"parameters":)";
  constexpr std::string_view kBehind("}\0", 2);
  const std::string_view message = ready.varlink();
  return message.substr(kBefore.size(), message.size() - kBefore.size() - kBehind.size());
}

// The member `status` of an answer about an account; empty: it has none.
std::string_view status_in(std::string_view parameters)
{
  std::string scratch;
  JsonReader in(parameters, scratch);
  std::string_view name, status;
  if (!in.enter_object()) return {};
  while (in.next_member(name))
    if (name == "status" ? !in.read_raw(status) : !in.skip()) break;
  return status;
}

bool is_object_or_empty(std::string_view body)
{
  std::string scratch;
  JsonReader in(body, scratch);
  const bool good = body.empty() || (in.type() == JsonType::kObject && in.skip() && in.finish());
  wipe(scratch);
  return good;
}

Error bad_body()
{
  return {.code = ErrorCode::kInvalidParameter, .reason = "the body is no JSON object", .subject = "parameters"};
}

}  // namespace

RequestSession::Step HttpSession::take_request(std::string_view& input, Outbox& out)
{
  style_ = {};
  switch (reader_.next(input)) {
    case HttpRequestReader::Progress::kNeedMore: return Step::kNeedMore;
    case HttpRequestReader::Progress::kRefused: return refuse(unreadable(reader_.status()), out);
    case HttpRequestReader::Progress::kRequest: break;
  }
  style_ = {.keep_alive = reader_.request().keep_alive, .head_only = reader_.request().method == "HEAD"};
  return perform(reader_.request(), out);
}

void HttpSession::give_up_request(Outbox& out)
{
  style_ = {};
  refuse({400, "the request ended in its middle"}, out);
}

RequestSession::Step HttpSession::perform(const IncomingRequest& request, Outbox& out)
{
  if (const auto refusal = refuse_sender(request)) return refuse(*refusal, out);
  const auto target = read_target(request.path);
  if (!target) return refuse({404, "there is nothing at this path"}, out);
  if (const auto refusal = refuse_form(request, target->resource)) return refuse(*refusal, out);
  const CallOutcome outcome = ask(*target, request);
  const auto* waiting = std::get_if<Waiting>(&outcome);
  if (!waiting) return give_answer(answer_of(outcome), out);
  if (shape_ == Shape::kParameters && waiting->stream) shape_ = Shape::kSequence;
  return shape_ == Shape::kSequence || shape_ == Shape::kAccounts ? Step::kStreaming : Step::kParked;
}

CallOutcome HttpSession::ask(const HttpTarget& target, const IncomingRequest& request)
{
  const auto query = read_query(request.query);
  if (!query) return query.error();
  if (target.resource != HttpResource::kToken)
    if (const auto none = expect_none(*query); !none) return none.error();
  switch (target.resource) {
    case HttpResource::kToken: {
      shape_ = Shape::kToken;
      const auto wish = read_token_query(target.name, *query);
      return wish ? calls_.get_token(*wish, waiter()) : CallOutcome(wish.error());
    }
    case HttpResource::kAccounts: shape_ = Shape::kAccounts; return calls_.list_accounts(waiter());
    case HttpResource::kAccount: shape_ = Shape::kAccount; return calls_.get_account(target.name, waiter());
    case HttpResource::kStatus: shape_ = Shape::kParameters; return calls_.get_status(waiter());
    case HttpResource::kCall: break;
  }
  shape_ = Shape::kParameters;
  return call(target.name, request);
}

CallOutcome HttpSession::call(const std::string& method, const IncomingRequest& request)
{
  if (!is_object_or_empty(request.body)) return bad_body();
  varlink::Call call{.method = method, .parameters = request.body};
  call.parameters.remove_prefix(std::min(call.parameters.size(), call.parameters.find('{')));
  call.more = accepts_sequence(request);
  return calls_.start(call, waiter());
}

RequestSession::Step HttpSession::refuse(const HttpRefusal& refusal, Outbox& out)
{
  write_refusal(refusal, style_, out);
  return done();
}

RequestSession::Step HttpSession::give_answer(const Answer& answer, Outbox& out)
{
  if (const auto* error = std::get_if<const Error*>(&answer.what)) return give_error(**error, out);
  if (const auto* ready = std::get_if<const ReadyReply*>(&answer.what)) return give_token(**ready, out);
  return give_parameters(std::get<std::string_view>(answer.what), answer.continues, out);
}

RequestSession::Step HttpSession::give_error(Error error, Outbox& out)
{
  if (error.code == ErrorCode::kExpectedMore) error.reason += ": send 'Accept: application/json-seq'";
  if (begun_ && shape_ == Shape::kAccounts) return Step::kClose;  // without its end: not to be taken for all
  if (begun_) {
    std::string record;
    write_http_error(error, record);
    return give_record(record, false, out);
  }
  write_error(error, style_, out);
  return done();
}

RequestSession::Step HttpSession::give_token(const ReadyReply& ready, Outbox& out)
{
  if (shape_ == Shape::kToken) write_token(ready, loop_.now(), style_, out);
  else write_json(parameters_of(ready), style_, out);
  return done();
}

RequestSession::Step HttpSession::give_parameters(std::string_view parameters, bool continues, Outbox& out)
{
  if (shape_ == Shape::kSequence) return give_record(parameters, continues, out);
  if (shape_ == Shape::kAccounts) return give_account(parameters, continues, out);
  write_json(shape_ == Shape::kAccount ? status_in(parameters) : parameters, style_, out);
  return done();
}

RequestSession::Step HttpSession::give_record(std::string_view json, bool continues, Outbox& out)
{
  if (!std::exchange(begun_, true)) open_sequence(out);
  write_record(json, out);
  return continues ? Step::kStreaming : Step::kClose;
}

RequestSession::Step HttpSession::give_account(std::string_view parameters, bool continues, Outbox& out)
{
  const std::string_view status = status_in(parameters);
  const bool first = !std::exchange(begun_, continues);
  if (first) open_array(style_, out);
  std::string piece(first ? "[" : status.empty() ? "" : ",");
  piece.append(status).append(continues ? "" : "]");
  write_piece(piece, style_, out);
  if (continues) return Step::kStreaming;
  close_array(style_, out);
  return done();
}

}  // namespace tokend
