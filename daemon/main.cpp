// tokend: a list. Every component is built once, by name, in the order of its dependencies, and torn down in reverse.
#include <sodium.h>
#include <unistd.h>

#include "daemon/adapters/command_notifier.hpp"
#include "daemon/adapters/curl_http_client.hpp"
#include "daemon/adapters/daemon.hpp"
#include "daemon/adapters/netlink_link.hpp"
#include "daemon/adapters/redirect_listener.hpp"
#include "daemon/adapters/start.hpp"
#include "daemon/adapters/system_random.hpp"
#include "daemon/adapters/vault_opening.hpp"
#include "daemon/adapters/wiping_allocator.hpp"
#include "daemon/session/face_session.hpp"

using namespace tokend;

static int run(const CommandLine& line, Log& log)
{
  const auto places = start::find_places(line);
  Config config = start::required(start::read_config(places.config));
  log.set_threshold(line.log_level.value_or(config.log_level));
  if (line.check_config) return 0;

  AsioLoop loop;
  SystemRandom random;
  const auto state = start::required(StateDirectory::open(places.state));
  const auto to_loop = [&loop](auto task) { loop.post_from_any_thread(std::move(task)); };
  const auto store = start::required(SqliteTokenStore::open(state, places.spill, loop.wall(), to_loop));
  KeyFileSource keys(state);
  Vault vault = start::required(open_vault(state, *store, random, keys));
  CurlHttpClient http(loop, config.ca_file);
  RedirectListener redirects(loop.context());
  auto socket = start::listening_socket(places, line.instance);
  const std::string path = socket.path();
  CommandNotifier notifier(loop, log, config);
  NetlinkLink link(loop);
  Broker broker({loop, http, *store, redirects, notifier, link, random, start::boot_id()}, vault, keys, config,
                {::getpid(), path, places.state});
  start::load(broker, *store, log);
  UnixListener listener(loop, log, std::move(socket), open_session(broker, loop), start::make_room(config, log));
  Daemon({loop, broker, listener, log, config, places.config, line.log_level.has_value()}).serve(path);
  return 0;
}

int main(int argc, char** argv)
{
  start::protect_process();
  wipe_library_memory();
  if (sodium_init() < 0) return 1;
  const auto line = parse_command_line(argc, argv);
  if (const int* code = std::get_if<int>(&line)) return *code;
  Log log(LogLevel::kInfo);
  try {
    return run(std::get<CommandLine>(line), log);
  } catch (const std::exception& why) {
    log.error(why.what());
    return start::give_up(why);
  }
}
