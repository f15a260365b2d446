// The methods that the socket offers, io.tokend.Broker's and org.varlink.service's, whichever face a call came through:
// one table from a method's name to the broker's call. Parameters are read and judged here, so that the broker gets no
// number that it could stumble over; how a call arrived and how its answer is framed is the face's.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "daemon/broker/broker.hpp"
#include "daemon/broker/waiter.hpp"
#include "proto/varlink.hpp"

namespace tokend {

struct Waiting {
  bool stream = false;  // several answers may come
};
// What came of a call at once. A ReadyReply holds until the next call into the broker.
using CallOutcome = std::variant<Waiting, const ReadyReply*, std::string, Error>;

// The same as an answer of the broker's, good while the outcome is. Not for Waiting.
Answer answer_of(const CallOutcome&);

class Calls {
 public:
  explicit Calls(Broker& broker) : broker_(broker) {}
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;
  ~Calls();

  // `call.parameters` is valid JSON or empty. A method that streams must have been called with `more`. For a token that
  // is in memory this allocates nothing, unless a string holds an escape.
  CallOutcome start(const varlink::Call&, Waiter&);
  CallOutcome get_token(wire::GetTokenCall, Waiter&);
  CallOutcome get_account(std::string account, Waiter&);
  CallOutcome list_accounts(Waiter&);
  CallOutcome get_status(Waiter&);

 private:
  struct Method;
  static const Method kMethods[];
  static const Method* find(std::string_view name);

  CallOutcome read_and_get_token(std::string_view parameters, Waiter&);
  template <class Message, auto kPerform> CallOutcome read_and_perform(std::string_view parameters, Waiter&);
  template <auto kPerform> CallOutcome perform(std::string_view parameters, Waiter&);
  CallOutcome get_info(std::string_view parameters, Waiter&);
  CallOutcome get_interface_description(std::string_view parameters, Waiter&);

  Broker& broker_;
  std::string scratch_;  // empty between calls, wiped
};

}  // namespace tokend
