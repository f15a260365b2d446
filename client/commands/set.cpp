// set NAME: changes what is given of an account's definition and nothing else.
#include "client/commands/commands.hpp"
#include "client/definition_options.hpp"
#include "client/printable.hpp"

namespace tokend::client::commands {
namespace {

constexpr auto kOptions = definition_options_and(std::array{
    Option{.name = "--dry-run", .value = "", .help = "only tell what would change"},
});

std::string changes(const wire::UpdateAccountReply& reply)
{
  std::string text;
  for (const std::string& field : reply.changed) text += (text.empty() ? "" : ", ") + printable(field);
  return text;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto definition = read_definition(arguments);
  if (!definition) return failed(definition.error());
  if (auto secret = read_client_secret(arguments, *definition); !secret) return failed(secret.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::UpdateAccountCall call{
      .account = *name, .definition = std::move(*definition), .dry_run = arguments.has("--dry-run")};
  const auto reply = client->call<wire::UpdateAccountReply>("UpdateAccount", call, wire::kDefaultTimeout);
  if (!reply) return failed(about(with_option_names(reply.error()), *name));
  context.print_if_json(*reply);
  const std::string verb = call.dry_run ? "would change: " : "changed: ";
  context.terminal.say(*name + ": " + (reply->changed.empty() ? "nothing changes" : verb + changes(*reply)));
  if (reply->needs_login) context.terminal.must_say(*name + " needs a new login: run 'tokenctl login " + *name + "'");
  return exit_code::kDone;
}

}  // namespace

const Command kSet{.name = "set",
                   .usage = "NAME [OPTIONS]",
                   .summary = "Change an account",
                   .details =
                       "What is given changes, the rest stays; a list replaces the list there was, and an empty "
                       "secret forgets\nthe one there was.\n",
                   .options = kOptions,
                   .fewest_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace tokend::client::commands
