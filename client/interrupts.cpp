#include "client/interrupts.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

namespace tokend::client {

Interrupts::Interrupts()
{
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigprocmask(SIG_BLOCK, &ours, &before_);
  fd_ = FileDescriptor(signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interrupts::~Interrupts()
{
  signalfd_siginfo taken{};  // a signal that was taken note of must not end the process now
  while (read(fd_.get(), &taken, sizeof taken) == sizeof taken) continue;
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace tokend::client
