// login NAME: the authorization leg.
#include <array>

#include "client/commands/commands.hpp"
#include "client/login_flow.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 7> kOptions{{
    {.name = "--no-browser", .value = "", .help = "print the address, open nothing"},
    {.name = "--device", .value = "", .help = "by a code that is typed on another device"},
    {.name = "--paste", .value = "", .use = Option::Use::kLater},
    {.name = "--scope", .value = "SCOPE", .help = "ask for this instead", .use = Option::Use::kRepeated},
    {.name = "--switch-user", .value = "", .help = "another user than before is welcome"},
    {.name = "--restart", .value = "", .help = "drop a pending login and start anew"},
    {.name = "--timeout", .value = "SECONDS", .help = "how long to wait for the person (300)"},
}};

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  const auto timeout = arguments.seconds("--timeout");
  if (!timeout) return failed(timeout.error());
  const LoginWish wish{.account = *name,
                       .flow = arguments.has("--device") ? std::optional(Flow::kDevice) : std::nullopt,
                       .scopes = arguments.values("--scope"),
                       .open_browser = !arguments.has("--no-browser"),
                       .restart = arguments.has("--restart"),
                       .switch_user = arguments.has("--switch-user"),
                       .timeout = *timeout,
                       .print_replies = context.globals.json};
  if (auto done = run_login(context, wish); !done) return failed(done.error());
  return exit_code::kDone;
}

}  // namespace

const Command kLogin{.name = "login",
                     .usage = "NAME [OPTIONS]",
                     .summary = "Sign an account in",
                     .details =
                         "Opens the browser, or prints what to open. Ctrl-C cancels the login. One that --restart has "
                         "replaced\nends with 6.\n",
                     .example = "tokenctl login work --no-browser",
                     .exits = "356789",
                     .options = kOptions,
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = run};

}  // namespace tokend::client::commands
