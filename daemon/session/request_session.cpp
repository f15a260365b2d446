#include "daemon/session/request_session.hpp"

#include <utility>

#include "proto/secret.hpp"

namespace tokend {

RequestSession::~RequestSession() { wipe(backlog_); }

Next RequestSession::on_bytes(std::span<const char> bytes, Outbox& out)
{
  std::string_view input(bytes.data(), bytes.size());
  untaken_ = 0;
  const Next next = serve(input, out);
  untaken_ = out.size();
  if (next != Next::kCloseAfterFlush) backlog_ = input;
  return next;
}

Next RequestSession::on_wake(Outbox& out)
{
  const Answer* answer = std::exchange(answer_, nullptr);
  const Next next = answer ? give(*answer, out) : go_on(out);
  untaken_ += out.size();
  return next == Next::kStreaming && !has_room() ? Next::kYield : next;
}

Next RequestSession::give(const Answer& answer, Outbox& out)
{
  switch (give_answer(answer, out)) {
    case Step::kParked: return Next::kParked;
    case Step::kStreaming: return Next::kStreaming;
    case Step::kClose: return Next::kCloseAfterFlush;
    default: return serve_backlog(out);
  }
}

Next RequestSession::go_on(Outbox& out)
{
  untaken_ = 0;
  if (!waiting()) return serve_backlog(out);
  resume();
  return Next::kStreaming;
}

Next RequestSession::on_eof(Outbox& out)
{
  if (unfinished_ > 0) give_up_request(out);
  return Next::kCloseAfterFlush;
}

void RequestSession::on_answer(const Answer& answer)
{
  if (gone_) return;
  answer_ = &answer;
  host_.wake();
  answer_ = nullptr;
}

Next RequestSession::serve(std::string_view& input, Outbox& out)
{
  while (!input.empty()) {
    if (untaken_ + out.size() >= Outbox::kFull) return Next::kYield;
    const std::size_t before = input.size();
    const Step step = take_request(input, out);
    unfinished_ = step == Step::kNeedMore ? unfinished_ + before - input.size() : 0;
    if (step == Step::kParked) return Next::kParked;
    if (step == Step::kStreaming) return Next::kStreaming;
    if (step == Step::kClose) return Next::kCloseAfterFlush;
  }
  return Next::kRead;
}

Next RequestSession::serve_backlog(Outbox& out)
{
  std::string_view input = std::string_view(backlog_).substr(backlog_at_);
  const Next next = serve(input, out);
  backlog_at_ = backlog_.size() - input.size();
  if (input.empty() || next == Next::kCloseAfterFlush) drop_backlog();
  return next;
}

void RequestSession::drop_backlog()
{
  wipe(backlog_);
  std::string().swap(backlog_);
  backlog_at_ = 0;
}

}  // namespace tokend
