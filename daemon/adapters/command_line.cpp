#include "daemon/adapters/command_line.hpp"

#include <CLI/CLI.hpp>

namespace tokend {
namespace {

constexpr int kUsage = 2;

void add_options(CLI::App& app, CommandLine& line, bool& system, std::string& level)
{
  app.set_version_flag("--version", "tokend " TOKEND_VERSION);
  app.add_option("--socket", line.socket, "where programs connect to");
  app.add_option("--state-dir", line.state_dir, "where accounts and tokens are kept");
  app.add_option("--config-dir", line.config_dir, "where tokend.toml is");
  app.add_flag("--system", system, "serve the machine instead of one user");
  app.add_option("--log-level", level, "error, warn, info or debug");
  app.add_flag("--check-config", line.check_config, "read the configuration, say what is wrong, and end");
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, char** argv)
{
  CLI::App app("tokend owns this machine's OAuth logins and hands fresh access tokens to local programs.", "tokend");
  CommandLine line;
  bool system = false;
  std::string level;
  add_options(app, line, system, level);
  try {
    app.parse(argc, argv);
    if (!level.empty()) line.log_level = log_level_from(level);
    if (!level.empty() && !line.log_level) throw CLI::ValidationError("--log-level", "is error, warn, info or debug");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (system) line.instance = Instance::kSystem;
  return line;
}

}  // namespace tokend
