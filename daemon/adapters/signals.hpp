// Signals as calls on the loop: SIGTERM and SIGINT ask to stop, SIGHUP to reload. SIGPIPE is ignored for the process.
// What stopping and reloading mean is main's to say.
#pragma once
#include <asio/signal_set.hpp>
#include <functional>

#include "daemon/adapters/asio_loop.hpp"

namespace tokend {

class Signals {
 public:
  struct Handlers {
    std::move_only_function<void()> stop;  // once for each signal: a second one may mean "now"
    std::move_only_function<void()> reload;
  };

  Signals(AsioLoop&, Handlers);  // throws std::system_error
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void wait();

  asio::signal_set signals_;
  Handlers handlers_;
};

}  // namespace tokend
