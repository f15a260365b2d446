// tokend's options. --help and --version are answered here; a wrong option ends with exit code 2 and a sentence.
#pragma once
#include <optional>
#include <string>
#include <variant>

#include "daemon/core/log_level.hpp"
#include "proto/endpoint.hpp"

namespace tokend {

struct CommandLine {
  std::optional<std::string> socket, state_dir, config_dir;
  Instance instance = Instance::kUser;
  std::optional<LogLevel> log_level;  // none: what the configuration says
  bool check_config = false;
};

// int: the process is done, with this exit code.
std::variant<CommandLine, int> parse_command_line(int argc, char** argv);

}  // namespace tokend
