// tokend.toml: every key optional, every unknown key an error that names file and line. Not here: reading the file,
// accounts (apply's file is tokenctl's) and provider files.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/log_level.hpp"
#include "daemon/ports/time.hpp"
#include "proto/result.hpp"

namespace tokend {

// How to start a program of the user's choice, or not to.
struct Starter {
  enum class Mode { kAuto, kOff, kCommand } mode = Mode::kAuto;
  std::vector<std::string> command = {};  // argv of kCommand; never through a shell

  bool operator==(const Starter&) const = default;
};

struct Config {
  LogLevel log_level = LogLevel::kInfo;
  std::uint16_t redirect_port = 28765;
  Seconds login_timeout{300};
  Starter browser = {};  // "auto", "never" (kOff) or argv
  int idle_days = 14;
  bool keep_alive = true;
  Starter notify = {};       // "desktop" (kAuto), "off" or argv
  std::string ca_file = {};  // absolute; added to the system's; empty: none
  int ca_file_line = 0;      // where tokend.toml says so: the file itself is read by the adapters
  int connections = 4096;
  int connections_per_uid = 1024;

  bool operator==(const Config&) const = default;
};

// The keys of `fresh` that differ from `running` and are read at the start only ("network.ca_file").
std::vector<std::string> needs_restart(const Config& running, const Config& fresh);

// kInvalidParameter; reason: "tokend.toml:12: sentence". `file` is the name to show.
Result<Config> parse_config(std::string_view text, std::string_view file);

}  // namespace tokend
