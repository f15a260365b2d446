// A connection before and after its first byte: that byte tells which face it wants, '{' varlink, a capital letter
// HTTP. Anything else is nobody's and closes it. Here too: how the listener gets its sessions.
#pragma once
#include <memory>

#include "daemon/broker/broker.hpp"
#include "daemon/ports/loop.hpp"
#include "daemon/session/session.hpp"

namespace tokend {

class FaceSession final : public Session {
 public:
  FaceSession(Broker& broker, const Loop& loop, SessionHost& host) : broker_(broker), loop_(loop), host_(host) {}

  Next on_bytes(std::span<const char> bytes, Outbox& out) override;
  Next on_wake(Outbox& out) override { return face_->on_wake(out); }  // nobody is woken before its first byte
  Next on_eof(Outbox& out) override { return face_ ? face_->on_eof(out) : Next::kCloseAfterFlush; }
  void on_peer_gone() noexcept override;
  std::size_t unfinished() const noexcept override { return face_ ? face_->unfinished() : 0; }

 private:
  std::unique_ptr<Session> face_for(char first_byte);

  Broker& broker_;
  const Loop& loop_;
  SessionHost& host_;
  std::unique_ptr<Session> face_;
};

// Both must outlive every session that is opened.
OpenSession open_session(Broker&, const Loop&);

}  // namespace tokend
