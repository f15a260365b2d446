// watch [NAME...]: a line for each thing that happens, until Ctrl-C.
#include "client/account_tables.hpp"
#include "client/commands/commands.hpp"
#include "client/printable.hpp"
#include "client/times.hpp"
#include "proto/account_name.hpp"

namespace tokend::client::commands {
namespace {

std::string line_of(const wire::Event& event)
{
  std::string line = clock_time(event.at) + "  " + (event.account.empty() ? "tokend" : event.account);
  line += "  " + std::string(name_of(event.event));
  if (event.state) line.append("  ").append(words_of(*event.state));
  if (event.expires_at) line += "  until " + clock_time(*event.expires_at);
  if (!event.reason.empty()) line += "  " + event.reason;
  if (!event.next.empty()) line += "  -> " + event.next;
  return printable(line);
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  for (const std::string& name : arguments.words)
    if (!is_account_name(name)) return failed(usage("'" + printable(name) + "' is no account name"));
  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::SubscribeCall call{.accounts = arguments.words};
  if (auto sent = client->stream("Subscribe", call); !sent) return failed(sent.error());
  Deadline deadline = in_seconds(kSilence);  // until it is known to answer; then there is nothing to be late for
  for (;;) {
    const auto raw = client->receive(deadline);
    if (!raw) return failed(raw.error());
    const auto event = BrokerClient::read_as<wire::Event>(*raw);
    if (!event) return failed(event.error());
    if (event->event == wire::EventKind::kSynced) deadline.reset();
    if (context.globals.json) context.terminal.print(raw->parameters);
    else if (event->event != wire::EventKind::kSynced)
      context.terminal.print(context.terminal.advice().in(line_of(*event)));
    if (!raw->continues) return exit_code::kDone;
  }
}

}  // namespace

const Command kWatch{.name = "watch",
                     .usage = "[NAME]...",
                     .summary = "Tell what happens, line by line",
                     .details = "First a line per account, then one for each event.\n",
                     .example = "tokenctl watch work",
                     .exits = "",
                     .options = {},
                     .fewest_words = 0,
                     .most_words = 64,
                     .run = run};

}  // namespace tokend::client::commands
