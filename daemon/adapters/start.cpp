#include "daemon/adapters/start.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "daemon/adapters/authorities.hpp"
#include "daemon/adapters/boot_id.hpp"
#include "daemon/adapters/descriptor_limit.hpp"
#include "daemon/adapters/systemd.hpp"

namespace tokend::start {

Places find_places(const CommandLine& line)
{
  const Environment environment = process_environment();
  Places places;
  places.state = required(state_directory(environment, line.state_dir, line.instance));
  places.config = required(config_directory(environment, line.config_dir, line.instance));
  places.explicit_socket = explicit_socket(environment, line.socket);
  places.default_socket = default_socket(environment, places.state, line.instance);
  if (const auto runtime = runtime_directory(environment, line.instance)) places.spill = *runtime + "/spill";
  return places;
}

std::string boot_id() { return required(read_boot_id()); }

int give_up(const std::exception& why)
{
  const auto* refused = dynamic_cast<const Refused*>(&why);
  if (!refused) return 1;
  systemd::turn_clients_away();
  return refused->exit_code;
}

Result<Config> read_config(const std::string& directory)
{
  const std::string path = directory + "/tokend.toml";
  errno = 0;
  std::ifstream file(path);
  if (!file && errno == ENOENT) return Config{};
  std::stringstream text;
  text << file.rdbuf();
  if (!file)
    return fail(ErrorCode::kInvalidParameter, fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
  auto config = parse_config(text.str(), path);
  if (!config || config->ca_file.empty()) return config;
  if (const auto readable = check_authorities(config->ca_file); !readable)
    return fail(ErrorCode::kInvalidParameter,
                fmt::format("{}:{}: network.ca_file: {}", path, config->ca_file_line, readable.error().reason));
  return config;
}

ListeningSocket listening_socket(const Places& places, Instance instance)
{
  const auto audience =
      instance == Instance::kSystem ? ListeningSocket::Audience::kEveryone : ListeningSocket::Audience::kOwner;
  const auto handed_over = required(systemd::take_listening_socket());
  if (places.explicit_socket) return required(ListeningSocket::bind_at(*places.explicit_socket, audience));
  if (handed_over) return required(ListeningSocket::adopt(*handed_over, audience));
  return required(ListeningSocket::bind_at(places.default_socket, audience));
}

void load(Broker& broker, SqliteTokenStore& store, const Log& log)
{
  const Snapshot rows = required(store.load());
  broker.on_trouble([&log](LogLevel level, const std::string& sentence) {
    if (level == LogLevel::kWarn) log.warn(sentence);
    else log.info(sentence);
  });
  const auto& damaged = store.damaged_rows();
  for (const std::string& problem : broker.load(rows, damaged.empty())) log.error(problem);
  for (const DamagedRow& row : damaged)
    log.error(fmt::format("row {} of {} is damaged and was set aside: {}", row.id, row.table, row.why));
  for (const std::string& file : store.spills_kept())
    log.error(fmt::format(
        "{} holds a provider's answer that was not to be saved and cannot be taken up now: it is kept", file));
}

UnixListener::Options make_room(const Config& config, const Log& log)
{
  UnixListener::Options options{.only_uid = ::getuid()};
  const auto wanted = static_cast<std::size_t>(config.connections);
  options.max_connections = make_room_for_clients(wanted);
  options.max_per_uid = static_cast<std::size_t>(config.connections_per_uid);
  if (options.max_connections < wanted)
    log.warn(
        fmt::format("the limit of open files leaves room for {} connections of limits.connections = {}: raise "
                    "LimitNOFILE, or ulimit -Hn",
                    options.max_connections, wanted));
  return options;
}

void protect_process()
{
#ifndef TOKEND_DUMPABLE
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace tokend::start
