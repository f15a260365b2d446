// One client connection without its socket: bytes in, bytes out. The listener (adapters/unix_listener) owns the socket,
// reads, writes, counts and times; a session owns the protocol and never blocks, waits or closes by itself.
//
// Model: every call that takes an Outbox appends whole replies and says what happens next. The bytes of on_bytes() are
// the listener's and end with the call: a session keeps the part that it cannot use yet (half a request, or requests
// behind one that it waits for). A request that arrives whole in one read is answered from the span without a copy, so
// the fast path allocates nothing. The Outbox is the listener's too and is empty at each call.
// Exceptions are for a broken machine: the listener ends that one connection.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "daemon/session/outbox.hpp"

namespace tokend {

enum class Next {
  kRead,       // give me more bytes; after the client's EOF: close after flush
  kYield,      // much was said and more is left: call on_wake() when it has been sent; I may call wake() before
  kParked,     // waiting for one answer: do not read; I call wake() when it is there
  kStreaming,  // replies come when they come: do not read; I call wake() for each batch
  kCloseAfterFlush,
};

class Session {
 public:
  virtual ~Session() = default;  // withdraws what it waits for

  virtual Next on_bytes(std::span<const char> bytes, Outbox& out) = 0;  // never empty; never while parked or streaming
  // The session called wake(), or has yielded and its output has been sent. Goes on with what it was told last, or with
  // the requests that it kept.
  virtual Next on_wake(Outbox& out) = 0;
  // The client will send no more (it may still read): answer what is pending. Called once, only after kRead.
  // kRead means there is nothing pending. No on_bytes() follows.
  virtual Next on_eof(Outbox& out) = 0;
  // Nobody is there any more. Called at most once, and then nothing but the destructor, in a later turn.
  virtual void on_peer_gone() noexcept = 0;

  // Bytes of an incomplete request that the session keeps; 0 between requests. The listener closes a connection whose
  // request is not whole 10 s after its first byte, and tells by this number whether it is still the same request.
  virtual std::size_t unfinished() const noexcept = 0;
};

// What a session may ask of the connection that drives it. Outlives the session.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // A parked or streaming session has something to say: on_wake() is called inside this call and its output sent.
  // Only from outside the session's own on_...() calls (the broker answers from a later turn). If the client turns out
  // to be gone, on_peer_gone() is called inside too; the session itself lives on until a later turn.
  virtual void wake() = 0;
  virtual std::string program() const { return {}; }  // what the client calls itself; empty: nobody knows
};

// Who is at the other end, as the kernel saw it when the client connected (SO_PEERCRED).
struct PeerCredentials {
  uid_t uid{};
  gid_t gid{};
  pid_t pid{};
};

// Makes the session of a connection that was just accepted. Never null.
using OpenSession = std::move_only_function<std::unique_ptr<Session>(const PeerCredentials&, SessionHost&)>;

}  // namespace tokend
