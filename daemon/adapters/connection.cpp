#include "daemon/adapters/connection.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

namespace tokend {
namespace {

// Asked, because the reactor's word is not enough: what it had noted of a descriptor that was closed in the same turn
// reaches the one that got its place. Reads and writes find that out by themselves, a hang-up has to be looked at.
bool has_hung_up(int socket)
{
  pollfd asked{.fd = socket, .events = 0, .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

}  // namespace

Connection::Connection(ConnectionFloor& floor, FileDescriptor socket, PeerCredentials peer)
    : floor_(floor), socket_(floor.loop.context()), peer_(peer)
{
  socket_.assign(socket.get());
  socket.release();
}

void Connection::start(OpenSession& open)
{
  try {
    session_ = open(peer_, *this);
  } catch (const std::exception& broken) {
    floor_.log.error(fmt::format("cannot serve pid {}: {}", peer_.pid, broken.what()));
    return close();
  }
  read();
}

void Connection::wake()
{
  if (!closed_) drive(0, [this](Outbox& output) { return session_->on_wake(output); });
}

void Connection::on_deadline()
{
  floor_.log.debug(fmt::format("closing the connection of pid {}: {}", peer_.pid,
                               unsent_.empty() ? "its request is not whole" : "it takes no answers"));
  close();
}

void Connection::close()
{
  if (closed_) return;
  if (session_) session_->on_peer_gone();
  finish();
}

template <class Call> void Connection::drive(std::size_t received, Call call)
{
  try {
    next_ = call(floor_.output);
    const bool answered = next_ == Next::kStreaming || !floor_.output.bytes().empty();
    if (next_ == Next::kParked && !answered) was_answered_ = false;
    time(received);
    send(floor_.output);
    floor_.output.clear();
    if (!closed_) proceed();
    if (answered && !std::exchange(was_answered_, true)) floor_.on_first_answer();
  } catch (const std::exception& broken) {
    floor_.output.clear();
    floor_.log.error(fmt::format("closing the connection of pid {}: {}", peer_.pid, broken.what()));
    close();
  }
}

// One read a turn: a client that never stops sending waits for its turn like the others.
void Connection::read()
{
  const ssize_t size = ::recv(socket_.native_handle(), floor_.input.data(), floor_.input.size(), MSG_DONTWAIT);
  if (size < 0) return errno == EAGAIN || errno == EINTR ? wait_for(Descriptor::wait_read) : close();
  if (size == 0) {
    at_eof_ = true;
    return drive(0, [this](Outbox& output) { return session_->on_eof(output); });
  }
  const std::span received(floor_.input.data(), static_cast<std::size_t>(size));
  drive(received.size(), [&](Outbox& output) {
    const Next next = session_->on_bytes(received, output);
    explicit_bzero(received.data(), received.size());  // requests carry secrets too
    return next;
  });
}

// What the client has not taken yet goes first.
void Connection::send(Outbox& output)
{
  std::string_view bytes = output.bytes();
  if (bytes.empty()) return;
  if (unsent_.empty()) {
    const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close();
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  unsent_.append(bytes);
  if (unsent_.size() > floor_.max_unread) close();
}

void Connection::proceed()
{
  if (!unsent_.empty() || next_ == Next::kYield) {
    if (!deadline_) floor_.deadlines.restart(*this, deadline_);
    return wait_for(Descriptor::wait_write);
  }
  if (next_ == Next::kParked || next_ == Next::kStreaming) return wait_for(Descriptor::wait_error);
  if (next_ == Next::kRead && !at_eof_) return wait_for(Descriptor::wait_read);
  finish();
}

void Connection::flush()
{
  const std::string_view bytes = unsent_.bytes();
  if (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR ? wait_for(Descriptor::wait_write) : close();
    unsent_.drop_front(static_cast<std::size_t>(sent));
    floor_.deadlines.restart(*this, deadline_);
  }
  if (!unsent_.empty()) return wait_for(Descriptor::wait_write);
  unsent_.release();
  floor_.deadlines.remove(deadline_);
  time(0);
  if (next_ == Next::kYield) return wake();
  proceed();
}

// The deadline runs from the first byte of a request. It is the same request as before the read exactly if the session
// kept all that it had and all that came; otherwise one was finished and another has begun. While output is left over
// the deadline is the output's.
void Connection::time(std::size_t received)
{
  const std::size_t before = std::exchange(unfinished_, session_->unfinished());
  if (!unsent_.empty()) return;
  if (unfinished_ == 0 || next_ != Next::kRead) return floor_.deadlines.remove(deadline_);
  const bool same = before != 0 && unfinished_ == before + received;
  if (!same || !deadline_) floor_.deadlines.restart(*this, deadline_);
}

void Connection::wait_for(Descriptor::wait_type event)
{
  if (std::exchange(waiting_[event], true)) return;
  socket_.async_wait(event, [self = shared_from_this(), event](const std::error_code& error) {
    self->waiting_[event] = false;
    if (!error && !self->closed_) self->on_ready(event);
  });
}

void Connection::on_ready(Descriptor::wait_type event)
{
  if (event == Descriptor::wait_read) return read();
  if (event == Descriptor::wait_write) return flush();
  if (!has_hung_up(socket_.native_handle())) return wait_for(Descriptor::wait_error);
  close();
}

void Connection::finish()
{
  closed_ = true;
  floor_.deadlines.remove(deadline_);
  std::error_code ignored;
  socket_.close(ignored);
  floor_.on_closed(*this);
}

}  // namespace tokend
