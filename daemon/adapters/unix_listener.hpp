// UnixListener: accepts connections on one Unix socket, asks the kernel who it is, applies the limits and gives each
// connection a session. It knows no protocol.
//
// Over a limit a connection is closed at accept, and so is one of a foreign user (Options::only_uid). Without a file
// descriptor left, a reserved one is spent on accepting and closing, so that the backlog cannot keep the loop awake.
#pragma once
#include <sys/types.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/connection.hpp"
#include "daemon/adapters/listening_socket.hpp"
#include "daemon/adapters/log.hpp"
#include "daemon/session/session.hpp"
#include "proto/file_descriptor.hpp"

namespace tokend {

class UnixListener {
 public:
  struct Options {
    std::optional<uid_t> only_uid;  // the user daemon serves its user alone
    std::size_t max_connections = 4096;
    std::size_t max_per_uid = 1024;
    std::size_t max_unread = 256 * 1024;         // bytes of output that a client leaves with us
    std::chrono::milliseconds patience{10'000};  // for an incomplete request, and for output that nobody takes
  };

  // Throws std::system_error.
  UnixListener(AsioLoop&, const Log&, ListeningSocket, OpenSession, Options);
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;
  ~UnixListener();  // closes every connection; sessions die with it

  void stop_accepting();  // connections that stand, and those that wait to be accepted, are served on
  // After stop_accepting(), once: `done` is called when every client was answered at least once, or when the patience
  // is over. Who connected a moment ago is about to ask, and nobody else can answer it any more.
  void await_first_answers(std::chrono::milliseconds patience, std::function<void()> done);
  std::size_t connections() const { return connections_.size(); }

 private:
  void wait();
  void wait_a_moment();
  void accept_some();
  bool accept_one();  // false: nobody is left, or nobody can be taken now
  void admit(FileDescriptor);
  bool may_enter(const PeerCredentials&) const;
  bool turn_one_away();
  void forget(const Connection&);
  void look_for_first_answers();

  AsioLoop& loop_;
  const Log& log_;
  ListeningSocket listening_;
  OpenSession open_session_;
  Options options_;
  asio::posix::stream_descriptor acceptor_;
  asio::steady_timer pause_;
  FileDescriptor reserve_;
  std::unordered_map<uid_t, std::size_t> per_uid_;
  std::function<void()> all_answered_;
  ConnectionFloor floor_;
  ConnectionList connections_;
  std::shared_ptr<ConnectionList> closed_ = std::make_shared<ConnectionList>();  // until the next turn
};

}  // namespace tokend
