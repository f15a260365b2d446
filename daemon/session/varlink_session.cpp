#include "daemon/session/varlink_session.hpp"

#include "proto/secret.hpp"

namespace tokend {
namespace {

void write_parameters(std::string_view parameters, bool continues, Outbox& out)
{
  std::string frame;
  varlink::open_reply(continues, frame);
  out.append(frame);
  out.append(parameters);
  frame.clear();
  varlink::close_message(frame);
  out.append(frame);
}

void write_error(const Error& error, Outbox& out)
{
  std::string reply;
  varlink::write_error_reply(error, reply);
  out.append(reply);
}

void write_answer(const Answer& answer, Outbox& out)
{
  if (const auto* ready = std::get_if<const ReadyReply*>(&answer.what))
    return static_cast<void>(out.append((*ready)->varlink()));
  if (const auto* error = std::get_if<const Error*>(&answer.what)) return write_error(**error, out);
  write_parameters(std::get<std::string_view>(answer.what), answer.continues, out);
}

}  // namespace

VarlinkSession::~VarlinkSession() { wipe(scratch_); }

RequestSession::Step VarlinkSession::take_request(std::string_view& input, Outbox& out)
{
  const auto message = framing_.next(input);
  if (!message) return framing_.too_long() ? Step::kClose : Step::kNeedMore;
  const auto call = varlink::read_call(*message, scratch_);
  const Step step = call && !(call->oneway && call->more) ? perform(*call, out) : Step::kClose;
  if (!scratch_.empty()) wipe(scratch_);
  return step;
}

RequestSession::Step VarlinkSession::perform(const varlink::Call& call, Outbox& out)
{
  oneway_ = call.oneway;
  const CallOutcome outcome = calls_.start(call, waiter());
  if (const auto* waiting = std::get_if<Waiting>(&outcome)) return waiting->stream ? Step::kStreaming : Step::kParked;
  if (!oneway_) write_answer(answer_of(outcome), out);
  return Step::kAnswered;
}

RequestSession::Step VarlinkSession::give_answer(const Answer& answer, Outbox& out)
{
  if (!oneway_) write_answer(answer, out);
  return answer.continues ? Step::kStreaming : Step::kAnswered;
}

}  // namespace tokend
