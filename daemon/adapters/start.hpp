// What a start needs around the components: refusals that end the process with the right exit code, the files that the
// configuration comes from, and the process's own protection.
#pragma once
#include <exception>
#include <string>
#include <utility>

#include "daemon/adapters/command_line.hpp"
#include "daemon/adapters/database_opening.hpp"
#include "daemon/adapters/listening_socket.hpp"
#include "daemon/adapters/log.hpp"
#include "daemon/adapters/sqlite_token_store.hpp"
#include "daemon/adapters/unix_listener.hpp"
#include "daemon/broker/broker.hpp"
#include "daemon/core/config.hpp"
#include "proto/endpoint.hpp"
#include "proto/result.hpp"

namespace tokend::start {

inline constexpr int kExitInUse = 75;   // EX_TEMPFAIL: another daemon holds the state directory
inline constexpr int kExitConfig = 78;  // EX_CONFIG: a person must mend something; systemd does not restart

struct Refused : std::exception {
  Refused(const Error& why, int code)
      : sentence(why.next.empty() ? why.reason : why.reason + ": " + why.next), exit_code(code)
  {
  }
  const char* what() const noexcept override { return sentence.c_str(); }
  std::string sentence;
  int exit_code;
};
// The exit code; 1 of a broken machine. Where a person must act first, clients that wait at systemd's socket are turned
// away: for each of them systemd would start us again at once, and after five give up the socket too.
int give_up(const std::exception&);

// The value, or an end of the start with exit code 75 or 78.
template <class T> T required(Result<T> result)
{
  if (!result) throw Refused(result.error(), result.error().cause == "in_use" ? kExitInUse : kExitConfig);
  return std::move(*result);
}
template <class T> T required(std::expected<T, DatabaseRefusal> opened)
{
  if (opened) return std::move(*opened);
  throw Refused(opened.error().error, opened.error().trouble == DatabaseTrouble::kBusy ? kExitInUse : kExitConfig);
}

struct Places {
  std::string state, config;
  std::optional<std::string> explicit_socket;
  std::string default_socket;
  std::string spill;  // empty: nowhere
};
Places find_places(const CommandLine&);  // throws Refused

std::string boot_id();  // of the kernel that runs; throws Refused

Result<Config> read_config(const std::string& directory);  // without the file: the defaults

ListeningSocket listening_socket(const Places&, Instance);  // throws Refused

void load(Broker&, SqliteTokenStore&, const Log&);  // says what could not be read; throws Refused
// Raises the limit of open files towards what limits.connections needs; says where fewer fit.
UnixListener::Options make_room(const Config&, const Log&);

// First statement of main: no core dump and no debugger of our own user sees this memory. Off in builds for leak
// checkers and debuggers (TOKEND_DUMPABLE).
void protect_process();

}  // namespace tokend::start
