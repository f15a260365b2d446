// Notices as runs of the user's command ([notify] mode): argv as configured, never through a shell, with
// TOKEND_ACCOUNT, TOKEND_CAUSE, TOKEND_REASON and TOKEND_NEXT in its environment and nothing on its standard input. It
// may take its time: nobody waits for it. Every notice is a line of the log too.
#pragma once
#include <asio/posix/stream_descriptor.hpp>
#include <list>
#include <string>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/log.hpp"
#include "daemon/core/config.hpp"
#include "daemon/ports/notifier.hpp"

namespace tokend {

class CommandNotifier final : public Notifier {
 public:
  static constexpr std::size_t kMostRunning = 8;

  // The configuration may change: each notice goes by what it says then.
  CommandNotifier(AsioLoop& loop, const Log& log, const Config& config) : loop_(loop), log_(log), config_(config) {}

  void tell(const Notice&) override;

 private:
  struct Run {
    std::string program;
    asio::posix::stream_descriptor process;  // its pidfd
  };

  void run(const Notice&);
  void await_end(std::list<Run>::iterator);

  AsioLoop& loop_;
  const Log& log_;
  const Config& config_;
  std::list<Run> running_;
};

}  // namespace tokend
