#include "daemon/adapters/unix_listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "daemon/adapters/peer.hpp"

namespace tokend {
namespace {

constexpr int kAcceptedPerTurn = 16;
constexpr int kAcceptedAtTheEnd = 4096;  // as many as a backlog holds
constexpr std::chrono::milliseconds kPause{200};

FileDescriptor open_reserve() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

// The acceptor closes what it is given, and the socket is the ListeningSocket's.
int duplicate(int fd)
{
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "cannot watch the socket");
  return copy;
}

void bury(ConnectionList& closed)
{
  for (const auto& connection : closed) connection->end_session();
  closed.clear();
}

}  // namespace

UnixListener::UnixListener(AsioLoop& loop, const Log& log, ListeningSocket listening, OpenSession open_session,
                           Options options)
    : loop_(loop),
      log_(log),
      listening_(std::move(listening)),
      open_session_(std::move(open_session)),
      options_(options),
      acceptor_(loop.context(), duplicate(listening_.fd())),
      pause_(loop.context()),
      reserve_(open_reserve()),
      floor_{.loop = loop,
             .log = log,
             .deadlines = DeadlineList(loop.context(), options.patience),
             .max_unread = options.max_unread,
             .on_closed = [this](const Connection& connection) { forget(connection); },
             .on_first_answer = [this] { look_for_first_answers(); }}
{
  acceptor_.non_blocking(true);
  wait();
}

UnixListener::~UnixListener()
{
  all_answered_ = nullptr;
  while (!connections_.empty()) connections_.front()->close();
  bury(*closed_);
}

void UnixListener::stop_accepting()
{
  for (int count = 0; count < kAcceptedAtTheEnd && accept_one();) ++count;
  pause_.cancel();
  acceptor_.close();
  listening_.close();
}

void UnixListener::await_first_answers(std::chrono::milliseconds patience, std::function<void()> done)
{
  all_answered_ = std::move(done);
  pause_.expires_after(patience);
  pause_.async_wait([this](const std::error_code& error) {
    if (!error && all_answered_) std::exchange(all_answered_, nullptr)();
  });
  look_for_first_answers();
}

void UnixListener::look_for_first_answers()
{
  const auto answered = [](const auto& connection) { return connection->was_answered(); };
  if (all_answered_ && std::ranges::all_of(connections_, answered)) std::exchange(all_answered_, nullptr)();
}

void UnixListener::wait()
{
  acceptor_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const std::error_code& error) {
    if (!error) accept_some();
  });
}

void UnixListener::wait_a_moment()
{
  pause_.expires_after(kPause);
  pause_.async_wait([this](const std::error_code& error) {
    if (!error) wait();
  });
}

void UnixListener::accept_some()
{
  for (int count = 0; count < kAcceptedPerTurn; ++count)
    if (!accept_one()) return;
  wait();
}

bool UnixListener::accept_one()
{
  FileDescriptor socket(::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC));
  if (socket) {
    admit(std::move(socket));
    return true;
  }
  if (errno == EINTR || errno == ECONNABORTED) return true;
  if (errno == EAGAIN) return wait(), false;
  if ((errno == EMFILE || errno == ENFILE) && turn_one_away()) return true;
  log_.warn("no connection can be accepted now: the machine is short of descriptors or memory");
  wait_a_moment();
  return false;
}

// False: the reserve itself is gone, to whoever was faster.
bool UnixListener::turn_one_away()
{
  if (!reserve_) return static_cast<bool>(reserve_ = open_reserve());
  reserve_ = FileDescriptor();
  {
    const FileDescriptor turned_away(::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  reserve_ = open_reserve();
  return static_cast<bool>(reserve_);
}

void UnixListener::admit(FileDescriptor socket)
{
  const auto peer = peer_credentials(socket.get());
  if (!peer || !may_enter(*peer)) return;
  try {
    const auto connection = std::make_shared<Connection>(floor_, std::move(socket), *peer);
    std::size_t& of_uid = per_uid_[peer->uid];
    connection->place = connections_.insert(connections_.end(), connection);
    ++of_uid;  // from here on forget() takes both back
    connection->start(open_session_);
  } catch (const std::exception& broken) {
    log_.error(fmt::format("cannot accept a connection of pid {}: {}", peer->pid, broken.what()));
  }
}

bool UnixListener::may_enter(const PeerCredentials& peer) const
{
  if (options_.only_uid && peer.uid != *options_.only_uid) {
    log_.debug(fmt::format("refused a connection of uid {}, pid {}: another user's", peer.uid, peer.pid));
    return false;
  }
  const auto same_uid = per_uid_.find(peer.uid);
  const std::size_t of_uid = same_uid == per_uid_.end() ? 0 : same_uid->second;
  if (connections_.size() < options_.max_connections && of_uid < options_.max_per_uid) return true;
  log_.debug(fmt::format("refused a connection of uid {}, pid {}: too many connections", peer.uid, peer.pid));
  return false;
}

// A connection may close inside a call of its own session: both live until a later turn.
void UnixListener::forget(const Connection& connection)
{
  const auto count = per_uid_.find(connection.peer().uid);
  if (--count->second == 0) per_uid_.erase(count);
  if (closed_->empty()) loop_.post([closed = closed_] { bury(*closed); });
  closed_->splice(closed_->end(), connections_, connection.place);
  look_for_first_answers();
}

}  // namespace tokend
