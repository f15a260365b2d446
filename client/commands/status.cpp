// status [NAME]: how the accounts are, and an exit code for scripts.
#include "client/account_list.hpp"
#include "client/account_tables.hpp"
#include "client/commands/commands.hpp"
#include "proto/json_writer.hpp"

namespace tokend::client::commands {
namespace {

struct Answers {
  std::string daemon_json;
  wire::DaemonStatus daemon;
  std::vector<ListedAccount> accounts;
};

Outcome<Answers> ask(BrokerClient& client, const Arguments& arguments)
{
  Answers answers;
  if (auto sent = client.send_raw("GetStatus", "{}", false); !sent) return failed(sent.error());
  const auto raw = client.receive(in_seconds(kSilence));
  if (!raw) return failed(raw.error());
  answers.daemon_json = raw->parameters;
  auto daemon = BrokerClient::read_as<wire::DaemonStatus>(*raw);
  if (!daemon) return failed(daemon.error());
  answers.daemon = std::move(*daemon);
  if (arguments.words.empty()) {
    auto accounts = list_accounts(client);
    if (!accounts) return failed(accounts.error());
    answers.accounts = std::move(*accounts);
    return answers;
  }
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto account = get_account(client, *name);
  if (!account) return failed(about(account.error(), *name));
  answers.accounts.push_back(std::move(*account));
  return answers;
}

std::string json_of(const Answers& answers)
{
  std::string out;
  JsonWriter(out)
      .begin_object()
      .name("daemon")
      .raw(answers.daemon_json)
      .name("accounts")
      .raw(json_array(answers.accounts))
      .end_object();
  return out;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  auto answers = ask(*client, arguments);
  if (!answers) return failed(answers.error());
  std::string text = json_of(*answers);
  const auto accounts = statuses_of(std::move(answers->accounts));
  if (!context.globals.json) {
    const View view{.now = unix_now(), .columns = context.terminal.columns(), .advice = context.terminal.advice()};
    text =
        arguments.words.empty() ? status_table(accounts, answers->daemon, view) : account_sheet(accounts.front(), view);
    if (!arguments.words.empty() && answers->daemon.state == wire::DaemonState::kLocked)
      text += view.advice.in("  vault       locked, no token is given: tokenctl unlock") + "\n";
    text.pop_back();
  }
  context.terminal.print(text);
  return exit_code_of(accounts, answers->daemon);
}

}  // namespace

const Command kStatus{.name = "status",
                      .usage = "[NAME]",
                      .summary = "Show how the accounts are, or all about one",
                      .details =
                          "Exits with the first of these that applies: 7 locked, 9 an account is refused by its "
                          "provider,\n3 one needs a login, 5 one cannot be refreshed now and has no token, "
                          "else 0.\n",
                      .example = "tokenctl status work",
                      .exits = "35789",
                      .options = {},
                      .fewest_words = 0,
                      .most_words = 1,
                      .run = run};

}  // namespace tokend::client::commands
