// list: the accounts that there are.
#include "client/account_list.hpp"
#include "client/account_tables.hpp"
#include "client/commands/commands.hpp"

namespace tokend::client::commands {
namespace {

Outcome<int> run(const Context& context, const Arguments&)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  auto accounts = list_accounts(*client);
  if (!accounts) return failed(accounts.error());
  if (context.globals.json) {
    context.terminal.print(json_array(*accounts));
    return exit_code::kDone;
  }
  const View view{.now = unix_now(), .columns = context.terminal.columns(), .advice = context.terminal.advice()};
  std::string text = list_table(statuses_of(std::move(*accounts)), view);
  text.pop_back();
  context.terminal.print(text);
  return exit_code::kDone;
}

}  // namespace

const Command kList{.name = "list",
                    .usage = "",
                    .summary = "Show the accounts",
                    .details = "",
                    .example = "tokenctl list --json",
                    .exits = "",
                    .options = {},
                    .fewest_words = 0,
                    .most_words = 0,
                    .run = run};

}  // namespace tokend::client::commands
