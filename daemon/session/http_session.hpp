// The HTTP/1.1 face of a connection, for curl and every language's client: a token by one GET, the state of things as
// JSON, and every method of the interface by POST /call/METHOD. Persistent, pipelined, answered in order.
// Model: request_session.hpp. It is a face and nothing else: resources are calls of the broker whose answers are
// reshaped. A reply that streams is a JSON text sequence (RFC 7464) and ends with the connection.
#pragma once
#include <string>

#include "daemon/ports/loop.hpp"
#include "daemon/session/calls.hpp"
#include "daemon/session/http_reply.hpp"
#include "daemon/session/http_target.hpp"
#include "daemon/session/request_session.hpp"
#include "proto/http_request.hpp"

namespace tokend {

class HttpSession final : public RequestSession {
 public:
  // The loop is the clock: expires_in is counted from now.
  HttpSession(Broker& broker, const Loop& loop, SessionHost& host) : RequestSession(host), calls_(broker), loop_(loop)
  {
  }

 private:
  enum class Shape {  // how the broker's answer becomes a body
    kToken,           // RFC 6749's names
    kParameters,      // as it is
    kAccount,         // the member `status` of it
    kAccounts,        // an array of those, each as it comes
    kSequence,        // a record for each
  };

  Step take_request(std::string_view& input, Outbox&) override;
  Step give_answer(const Answer&, Outbox&) override;
  void give_up_request(Outbox&) override;

  Step perform(const IncomingRequest&, Outbox&);
  CallOutcome ask(const HttpTarget&, const IncomingRequest&);
  CallOutcome call(const std::string& method, const IncomingRequest&);
  Step refuse(const HttpRefusal&, Outbox&);
  Step give_error(Error, Outbox&);
  Step give_token(const ReadyReply&, Outbox&);
  Step give_parameters(std::string_view parameters, bool continues, Outbox&);
  Step give_record(std::string_view json, bool continues, Outbox&);
  Step give_account(std::string_view parameters, bool continues, Outbox&);
  Step done() const { return style_.keep_alive ? Step::kAnswered : Step::kClose; }

  Calls calls_;
  const Loop& loop_;
  HttpRequestReader reader_;
  HttpReplyStyle style_;  // these are of the request at hand
  Shape shape_ = Shape::kParameters;
  bool begun_ = false;  // kAccounts, kSequence: the status line is out
};

}  // namespace tokend
