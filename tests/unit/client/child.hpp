// tokenctl as a process of its own: with an environment that holds nothing but what is given, and what it prints kept
// apart. Usually there is no terminal; with OnTerminal, stdin and stderr are one, and `err` is what a person sees.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "client/unix_socket.hpp"

namespace tokend::test {

struct Ended {
  int exit = -1;  // 1000 + the signal that ended it
  std::string out, err;
};

struct OnTerminal {};

class Child {
 public:
  Child(OnTerminal, const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
  explicit Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                 const std::string& input = "");
  ~Child();

  void wait_for_err(const std::string& text);  // until stderr has it
  const std::string& seen() const { return ended_.err; }
  void type(const std::string& keys);  // at the terminal
  bool echoes() const;                 // the terminal shows what is typed
  void signal(int number) const;
  Ended end();

 private:
  bool read_some();

  pid_t pid_ = -1;
  FileDescriptor out_, err_, keyboard_;
  Ended ended_;
};

Ended tokenctl(const std::string& socket, std::vector<std::string> arguments, const std::string& input = "");

}  // namespace tokend::test
