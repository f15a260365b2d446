// Reply parameters as JSON, for the answers that the broker makes itself.
#pragma once
#include <string>

#include "daemon/broker/ready_reply.hpp"
#include "daemon/core/login.hpp"
#include "proto/messages.hpp"

namespace tokend {

template <class Message> std::string json_of(const Message& message)
{
  std::string json;
  wire::write_message(message, json);
  return json;
}

std::string waiting_reply(const Login&, const Now&);  // for those who did not start it
std::string progress_reply(const login::Progress&);
std::string done_reply(const std::string& identity, std::string hint);

// Both faces of a token answer; the reply's strings are wiped.
ReadyReply make_ready_reply(const wire::TokenReply&, std::optional<BootTime> expires);

}  // namespace tokend
