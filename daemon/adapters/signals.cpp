#include "daemon/adapters/signals.hpp"

#include <signal.h>

#include <utility>

namespace tokend {

Signals::Signals(AsioLoop& loop, Handlers handlers)
    : signals_(loop.context(), SIGTERM, SIGINT, SIGHUP), handlers_(std::move(handlers))
{
  ::signal(SIGPIPE, SIG_IGN);
  wait();
}

void Signals::wait()
{
  signals_.async_wait([this](const std::error_code& error, int number) {
    if (error) return;
    wait();
    number == SIGHUP ? handlers_.reload() : handlers_.stop();
  });
}

}  // namespace tokend
