// The varlink face of a connection: JSON messages ended by NUL, answered in order. Its envelope and framing are
// proto's, its methods are in calls. Model: request_session.hpp. What is no varlink (not JSON, too long, `oneway` with
// `more`) closes the connection; every other mistake is answered. A oneway call is performed to its end and its answer,
// error or not, is dropped.
#pragma once
#include <string>

#include "daemon/session/calls.hpp"
#include "daemon/session/request_session.hpp"
#include "proto/varlink.hpp"

namespace tokend {

class VarlinkSession final : public RequestSession {
 public:
  VarlinkSession(Broker& broker, SessionHost& host) : RequestSession(host), calls_(broker) {}
  ~VarlinkSession() override;

 private:
  Step take_request(std::string_view& input, Outbox&) override;
  Step give_answer(const Answer&, Outbox&) override;
  Step perform(const varlink::Call&, Outbox&);

  Calls calls_;
  varlink::Framing framing_;
  std::string scratch_;  // of the envelope; empty between calls, wiped
  bool oneway_ = false;  // the call that is waited for
};

}  // namespace tokend
