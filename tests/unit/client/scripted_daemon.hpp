// A varlink server that says what it is told to, on a real Unix socket in a directory of its own. It knows nothing:
// each connection is a list of calls that it expects, in order, each with the replies that it sends.
#pragma once
#include <initializer_list>
#include <string>
#include <thread>
#include <vector>

#include "client/unix_socket.hpp"

namespace tokend::test {

struct Exchange {
  std::string method;                // "GetToken"
  std::vector<std::string> replies;  // whole JSON messages; "" sends nothing and closes the connection
};
using Connection = std::vector<Exchange>;

class ScriptedDaemon {
 public:
  ScriptedDaemon(std::initializer_list<Connection> script);
  ScriptedDaemon(const ScriptedDaemon&) = delete;
  ~ScriptedDaemon();

  const std::string& path() const { return path_; }
  // The messages that came, once everything in the script has happened or the client has gone.
  const std::vector<std::string>& calls();

 private:
  void serve(std::vector<Connection> script);
  bool wait_for(int fd);
  std::string read_message(int fd);

  std::string directory_, path_;
  FileDescriptor listener_, stop_reading_, stop_;
  std::vector<std::string> calls_;
  std::thread thread_;
};

// The reply that holds these parameters, or this error.
std::string reply(const std::string& parameters);
std::string continued(const std::string& parameters);
std::string error(const std::string& name, const std::string& parameters);

}  // namespace tokend::test
