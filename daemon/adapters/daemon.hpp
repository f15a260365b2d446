// The running daemon: what SIGHUP and SIGTERM mean, and the order in which things stop.
//   stop accepting -> quiesce the broker -> leave the loop; main's destructors do the rest, in reverse order.
#pragma once
#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/log.hpp"
#include "daemon/adapters/signals.hpp"
#include "daemon/adapters/unix_listener.hpp"
#include "daemon/broker/broker.hpp"
#include "daemon/core/config.hpp"

namespace tokend {

class Daemon {
 public:
  struct Parts {
    AsioLoop& loop;
    Broker& broker;
    UnixListener& listener;
    Log& log;
    Config& config;
    std::string config_dir;
    bool level_is_fixed = false;  // --log-level was given: the configuration's is ignored
  };

  explicit Daemon(Parts);
  void serve(const std::string& socket_path);  // says that it is ready; returns when everything may be torn down

 private:
  void stop();
  void reload();

  Parts parts_;
  const Config started_with_;  // what a reload cannot change is still this
  bool stopping_ = false;
  Signals signals_;
};

}  // namespace tokend
