// Ctrl-C as something that can be waited for: while this lives, SIGINT and SIGTERM do not end the process but make fd()
// readable. Programs that are started meanwhile get the old signal mask back (see browser.cpp).
#pragma once
#include <signal.h>

#include "client/unix_socket.hpp"

namespace tokend::client {

class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  ~Interrupts();

  int fd() const { return fd_.get(); }

 private:
  sigset_t before_{};
  FileDescriptor fd_;
};

}  // namespace tokend::client
