// provider-double: the authorization server as a program. Says where it listens, then serves until it is
// ended by a signal.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <cstdio>

#include "tests/provider_double/front.hpp"
#include "tests/provider_double/setting_names.hpp"

namespace {

using namespace tokend::provider_double;

struct Options {
  std::uint16_t port = 0;
  Settings settings;
};

std::string option_name(std::string_view setting)
{
  std::string name = "--" + std::string(setting);
  std::ranges::replace(name, '_', '-');
  return name;
}

void add_setting(CLI::App& app, Settings& settings, const SettingName& setting)
{
  const auto read = [&settings, &setting](const std::string& value) {
    if (!setting.set(settings, value)) throw CLI::ValidationError(option_name(setting.name), "not a value for it");
  };
  app.add_option_function<std::string>(option_name(setting.name), read, std::string(setting.help));
}

void serve(const Options& options)
{
  asio::io_context io;
  Front front(options.settings);
  HttpServer server(io, options.port, front.handlers());
  front.provider().settings.issuer = fmt::format("http://127.0.0.1:{}", server.port());
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](std::error_code, int) { io.stop(); });
  fmt::print("provider-double: ready on {}\n", front.provider().settings.issuer);
  std::fflush(stdout);
  io.run();
}

}  // namespace

int main(int argc, char** argv)
{
  if (sodium_init() < 0) return 1;
  Options options;
  CLI::App app("A small, strict authorization server on 127.0.0.1 for tests and demonstrations.", "provider-double");
  app.add_option("--port", options.port, "0: any free one");
  for (const auto& setting : setting_names()) add_setting(app, options.settings, setting);
  CLI11_PARSE(app, argc, argv);
  serve(options);
  return 0;
}
