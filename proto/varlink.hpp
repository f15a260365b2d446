// The varlink wire: messages are JSON objects ended by NUL. Framing turns bytes into messages, the envelope turns a
// message into a method with its parameters, or a reply. No I/O, no knowledge of any interface: see messages.hpp.
// Nothing here copies or allocates while whole messages arrive in one piece and no envelope string holds an escape.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.hpp"

namespace tokend::varlink {

inline constexpr std::size_t kMostMessageBytes = 64 * 1024;  // of an incoming message, without its NUL

class Framing {
 public:
  explicit Framing(std::size_t most_bytes = kMostMessageBytes) : most_bytes_(most_bytes) {}
  Framing(Framing&&) = default;
  Framing& operator=(Framing&&) = default;
  ~Framing();

  // Takes one message off the front of `input`. None: all of `input` was taken and more bytes are needed, or
  // too_long(). The view points into the caller's buffer or, when the message came in pieces, into this object; it is
  // good until the next call.
  std::optional<std::string_view> next(std::string_view& input);
  bool too_long() const { return too_long_; }  // the stream is beyond repair: close

 private:
  bool keep(std::string_view bytes);

  std::size_t most_bytes_;
  std::string partial_;  // wiped: messages carry secrets
  bool whole_ = false;   // partial_ is the message handed out last
  bool too_long_ = false;
};

struct Call {
  std::string_view method;           // fully qualified
  std::string_view parameters = {};  // raw JSON, empty when absent or null
  bool oneway = false, more = false, upgrade = false;
};
struct Reply {
  std::string_view error = {};       // fully qualified; empty: no error
  std::string_view parameters = {};  // raw JSON, empty when absent or null
  bool continues = false;
};

// None: not strict JSON, not an object, a member given twice or of the wrong type, no method: close the connection.
// `scratch` is used, and viewed, only when the method's or error's name holds an escape.
std::optional<Call> read_call(std::string_view message, std::string& scratch);
std::optional<Reply> read_reply(std::string_view message, std::string& scratch);

// Writing: open_*, then exactly one JSON object (write_message appends one), then close_message.
void open_call(const Call&, std::string& out);  // its parameters are not written
void open_reply(bool continues, std::string& out);
void close_message(std::string& out);
void write_error_reply(const Error&, std::string& out);  // whole

// "io.tokend.Broker.GetToken" -> "io.tokend.Broker". Empty when there is no dot.
std::string_view interface_of(std::string_view method);

}  // namespace tokend::varlink
