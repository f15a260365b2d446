// What the two request faces of the socket share: requests are taken one after the other, each is answered before the
// next is looked at, and input behind a request that waits for the broker is kept until its answer is out. What a
// request is and how an answer looks is the face's (varlink_session, http_session).
//
//   reading -> take_request() -> reading | waiting | closing;   waiting -> give_answer() -> reading | waiting | closing
//
// An answer goes from the broker's hands into the outbox without a copy on the way: on_answer() wakes the connection,
// which calls on_wake() inside, while what the answer points to still holds.
//
// Whoever asks for much is told as much as it takes: with kFull bytes out and not known to be taken, no further request
// is looked at and a walk through the accounts rests, until the connection says that all has been sent.
#pragma once
#include <string>
#include <string_view>

#include "daemon/broker/waiter.hpp"
#include "daemon/session/session.hpp"

namespace tokend {

class RequestSession : public Session, private Waiter {
 public:
  ~RequestSession() override;

  Next on_bytes(std::span<const char> bytes, Outbox& out) final;
  Next on_wake(Outbox& out) final;
  Next on_eof(Outbox& out) final;
  void on_peer_gone() noexcept final { gone_ = true; }
  std::size_t unfinished() const noexcept final { return unfinished_; }

 protected:
  enum class Step {
    kNeedMore,   // all input is taken, a request is incomplete
    kAnswered,   // and ready for the next
    kParked,     // waiter() waits for one answer
    kStreaming,  // waiter() waits for the next of several
    kClose,
  };

  explicit RequestSession(SessionHost& host) : host_(host) {}
  Waiter& waiter() { return *this; }

 private:
  // Takes at most one request off the front of `input`, which is not empty.
  virtual Step take_request(std::string_view& input, Outbox&) = 0;
  // For what waiter() waits for. kParked or kStreaming only if the answer continues.
  virtual Step give_answer(const Answer&, Outbox&) = 0;
  // The client stopped in the middle of a request; the connection is closed after this.
  virtual void give_up_request(Outbox&) {}

  void on_answer(const Answer&) final;
  bool has_room() const final { return untaken_ < Outbox::kFull; }
  std::string program() const final { return host_.program(); }
  Next give(const Answer&, Outbox&);
  Next go_on(Outbox&);  // all that was said has been sent
  Next serve(std::string_view& input, Outbox&);
  Next serve_backlog(Outbox&);
  void drop_backlog();

  SessionHost& host_;
  const Answer* answer_ = nullptr;  // set while on_answer() runs
  std::string backlog_;             // input that came behind a request that waits; wiped
  std::size_t backlog_at_ = 0;      // so much of it is done
  std::size_t unfinished_ = 0;
  std::size_t untaken_ = 0;  // bytes said since the client was known to have taken everything
  bool gone_ = false;
};

}  // namespace tokend
