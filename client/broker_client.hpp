// One connection to the daemon, blocking. It finds the socket, sends calls, takes replies and streams, and turns
// whatever goes wrong into a Failure: nobody there and silence are exit 4, an error reply is what error_codes.hpp says.
// It knows messages, not commands.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"
#include "client/unix_socket.hpp"
#include "proto/messages.hpp"
#include "proto/varlink.hpp"

namespace tokend::client {

inline constexpr std::int64_t kSilence = 5;  // seconds beyond what the call itself may take

// The parameters of one reply. A view into the client: good until its next call.
struct RawReply {
  std::string_view parameters;
  bool continues = false;
};

class BrokerClient {
 public:
  // The first of `paths` that accepts a connection and, where there is a choice, is nobody else's; else a Failure that
  // names them all, and what stands in the way at one of them. `hint`: the command that starts a daemon there.
  static Outcome<BrokerClient> connect(const std::vector<std::string>& paths, std::string_view hint);
  BrokerClient(BrokerClient&&) = default;
  BrokerClient& operator=(BrokerClient&&) = default;
  ~BrokerClient();

  // The wait also ends when this descriptor can be read: Failure with exit 130. -1: none.
  void interrupted_by(int fd) { interrupts_ = fd; }

  // Method: "GetToken", or qualified. may_take: seconds that the call itself may take.
  template <class Reply, class Call>
  Outcome<Reply> call(std::string_view method, const Call& parameters, std::int64_t may_take = 0)
  {
    if (auto sent = send(method, parameters, false); !sent) return failed(sent.error());
    return receive_as<Reply>(in_seconds(may_take + kSilence));
  }
  // Then take replies with receive() until one does not continue.
  template <class Call> Outcome<void> stream(std::string_view method, const Call& parameters)
  {
    return send(method, parameters, true);
  }
  Outcome<void> send_raw(std::string_view method, std::string_view parameters, bool more);

  Outcome<RawReply> receive(Deadline);
  template <class Reply> Outcome<Reply> receive_as(Deadline deadline)
  {
    const Outcome<RawReply> raw = receive(deadline);
    if (!raw) return failed(raw.error());
    return read_as<Reply>(*raw);
  }
  template <class Reply> static Outcome<Reply> read_as(const RawReply& raw)
  {
    Result<Reply> reply = wire::read_message<Reply>(raw.parameters);
    if (!reply) return failed(unreadable(reply.error()));
    return std::move(*reply);
  }

 private:
  BrokerClient(FileDescriptor socket, std::string path);

  template <class Call> Outcome<void> send(std::string_view method, const Call& parameters, bool more)
  {
    std::string json;
    wire::write_message(parameters, json);
    auto sent = send_raw(method, json, more);
    wipe(json);
    return sent;
  }
  Outcome<void> send_bytes(std::string_view);
  Outcome<std::string_view> next_message(Deadline);
  Failure gone() const;
  static Failure unreadable(const Error&);

  FileDescriptor socket_;
  std::string path_;
  int interrupts_ = -1;
  varlink::Framing framing_;
  std::unique_ptr<char[]> buffer_;  // wiped: replies carry tokens
  std::string_view unread_;         // of the buffer
  std::string scratch_;
};

}  // namespace tokend::client
