// Another program as a child: started by argument vector, never by a shell, with our stdin, and with SIGINT and SIGTERM
// as it would have them without us. It does not outlive its object.
#pragma once
#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "client/failure.hpp"
#include "client/unix_socket.hpp"

namespace tokend::client {

struct Pipe {
  FileDescriptor read_end, write_end;  // neither outlives an exec
};
Outcome<Pipe> make_pipe();

class ChildProcess {
 public:
  struct Descriptors {
    int out, err;                    // become its stdout and stderr
    std::span<const int> handed_on;  // keep their numbers
  };

  // line[0] is looked for in $PATH. A failure has kNotFound or kNotExecutable.
  static Outcome<ChildProcess> start(const std::vector<std::string>& line, const Descriptors&);
  ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  ~ChildProcess();  // asks one that still runs to end

  void signal(int number) const;
  int wait();  // its exit status, as a shell tells it: 128 more than the signal that ended it

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_ = -1;
};

}  // namespace tokend::client
