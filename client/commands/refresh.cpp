// refresh NAME: a new token now.
#include <array>

#include "client/commands/commands.hpp"
#include "client/times.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 1> kOptions{{
    {.name = "--timeout", .value = "SECONDS", .help = "wait so long for what may clear by itself"},
}};

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  const auto timeout = arguments.seconds("--timeout");
  if (!timeout) return failed(timeout.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::RefreshCall call{.account = *name, .timeout = *timeout};
  const auto reply = client->call<wire::RefreshReply>("Refresh", call, timeout->value_or(wire::kDefaultTimeout));
  if (!reply) return failed(with_command(about(reply.error(), *name), "refresh", *name));
  context.print_if_json(*reply);
  const std::string good = reply->expires_at ? ", good for " + duration(*reply->expires_at - unix_now()) : "";
  context.terminal.say(*name + ": refreshed" + good);
  return exit_code::kDone;
}

}  // namespace

const Command kRefresh{.name = "refresh",
                       .usage = "NAME [--timeout SECONDS]",
                       .summary = "Refresh an account's token now",
                       .details = "",
                       .example = "tokenctl refresh work --timeout 60",
                       .exits = "35789",
                       .options = kOptions,
                       .fewest_words = 1,
                       .most_words = 1,
                       .run = run};

}  // namespace tokend::client::commands
