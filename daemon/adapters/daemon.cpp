#include "daemon/adapters/daemon.hpp"

#include <fmt/format.h>

#include "daemon/adapters/start.hpp"
#include "daemon/adapters/systemd.hpp"

namespace tokend {

constexpr std::chrono::milliseconds kFirstAnswer{500};  // who has connected has asked within a few

Daemon::Daemon(Parts parts)
    : parts_(std::move(parts)),
      started_with_(parts_.config),
      signals_(parts_.loop, {.stop = [this] { stop(); }, .reload = [this] { reload(); }})
{
}

void Daemon::serve(const std::string& socket_path)
{
  parts_.log.always(fmt::format("ready on {}", socket_path));
  systemd::notify_ready(fmt::format("serving on {}", socket_path));
  parts_.loop.run();
}

void Daemon::stop()
{
  if (stopping_) return;
  stopping_ = true;
  systemd::notify_stopping();
  parts_.listener.stop_accepting();
  parts_.log.info(parts_.broker.must_wait() ? "stopping: what is on its way to a provider or the disk is awaited"
                                            : "stopping");
  parts_.broker.quiesce([this] {
    for (const std::string& account : parts_.broker.unsaved_accounts())
      parts_.log.error(
          fmt::format("{}: the disk refused its new login to the end; what it had before is kept", account));
    parts_.listener.await_first_answers(kFirstAnswer, [this] { parts_.loop.stop(); });
  });
}

void Daemon::reload()
{
  systemd::notify_reloading();
  auto config = start::read_config(parts_.config_dir);
  if (config) {
    for (const std::string& key : needs_restart(started_with_, *config))
      parts_.log.warn(fmt::format("{} has changed: it is in force after a restart", key));
    parts_.config = std::move(*config);
    if (!parts_.level_is_fixed) parts_.log.set_threshold(parts_.config.log_level);
    parts_.log.info("configuration read again");
  } else {
    parts_.log.error(fmt::format("{}; the old configuration stays in force", config.error().reason));
  }
  systemd::notify_ready("serving");
}

}  // namespace tokend
