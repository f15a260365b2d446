// Connection: one client's socket and the session behind it. It moves bytes and applies the limits; what the bytes mean
// is the session's business.
//
// Model: it waits for one thing at a time. Output that is left over: for writability, and it does not read meanwhile,
// so a client that pipelines is slowed down by what it has not read. A session that wants bytes: for readability. A
// parked or streaming one: for the hang-up alone. Two things run out of patience, by one deadline: a request that is
// not whole, and output of which nothing is taken. Buffers belong to all connections together, so that an idle one
// costs little.
#pragma once
#include <array>
#include <asio/posix/basic_stream_descriptor.hpp>
#include <functional>
#include <list>
#include <memory>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/deadline_list.hpp"
#include "daemon/adapters/log.hpp"
#include "daemon/adapters/peer.hpp"
#include "daemon/session/session.hpp"
#include "proto/file_descriptor.hpp"

namespace tokend {

class Connection;
using ConnectionList = std::list<std::shared_ptr<Connection>>;

// What all connections of a listener share. Loop thread only.
struct ConnectionFloor {
  AsioLoop& loop;
  const Log& log;
  DeadlineList deadlines;
  std::size_t max_unread;                            // bytes of output that a client may leave with us
  std::function<void(const Connection&)> on_closed;  // called once, inside the call that closed it
  std::function<void()> on_first_answer;             // of a connection: inside the call that gave it
  std::array<char, 64 * 1024> input{};
  Outbox output{};
};

class Connection final : public SessionHost,
                         public DeadlineList::Entry,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionFloor&, FileDescriptor socket, PeerCredentials);  // throws std::system_error
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override = default;

  void start(OpenSession&);                 // reads once at once: a client that connects has mostly written already
  void close();                             // at once; the session learns that its client is gone
  void end_session() { session_.reset(); }  // after it was closed, and outside the session's calls

  void wake() override;
  std::string program() const override { return program_of(peer_); }
  void on_deadline() override;

  const PeerCredentials& peer() const { return peer_; }
  bool was_answered() const { return was_answered_; }  // once, or it follows a stream
  ConnectionList::iterator place{};                    // the listener's: where it keeps this connection

 private:
  using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

  template <class Call>
  void drive(std::size_t received, Call call);  // one call of the session and what follows from it
  void read();
  void flush();
  void send(Outbox& output);
  void proceed();
  void time(std::size_t received);
  void wait_for(Descriptor::wait_type);
  void on_ready(Descriptor::wait_type);
  void finish();

  ConnectionFloor& floor_;
  Descriptor socket_;
  PeerCredentials peer_;
  std::unique_ptr<Session> session_;
  Outbox unsent_;
  DeadlineList::Place deadline_;
  std::size_t unfinished_ = 0;  // what the session kept of an incomplete request, after the last read
  Next next_ = Next::kRead;
  bool at_eof_ = false;
  bool closed_ = false;
  bool was_answered_ = false;
  std::array<bool, 3> waiting_{};  // by wait_type
};

}  // namespace tokend
