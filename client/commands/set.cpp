// set NAME: changes what is given of an account's definition and nothing else.
#include "client/account_tables.hpp"
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

std::string needs_login(const std::string& account, const std::string& how)
{
  return account + " " + how + " login: run 'tokenctl login " + account + "'";
}

// Nothing ends a login that there is; whether there is one, only the status tells. A daemon that does not answer now
// has done what it was asked to all the same.
void tell_login(const Context& context, BrokerClient& client, const wire::UpdateAccountCall& call)
{
  const auto reply = client.call<wire::GetAccountReply>("GetAccount", wire::AccountCall{call.account});
  if (!reply) return;
  const wire::AccountStatus& account = reply->status;
  const bool needs_person = call.definition.flow.value_or(account.flow) != Flow::kClientCredentials;
  const bool is_over = account.state == wire::State::kNeedsLogin;
  if (!needs_person || account.state == wire::State::kSigningIn) return;
  if (is_signed_in(account) && !is_over)
    context.terminal.say(call.account + (call.dry_run ? " would keep" : " keeps") + " its login");
  else context.terminal.say(needs_login(call.account, is_over ? "needs a new" : "needs a"));
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
  if (reply->needs_login)
    context.terminal.must_say(needs_login(*name, call.dry_run ? "would need a new" : "needs a new"));
  else if (!context.globals.quiet) tell_login(context, *client, call);
  return exit_code::kDone;
}

}  // namespace

const Command kSet{.name = "set",
                   .usage = "NAME [OPTIONS]",
                   .summary = "Change an account",
                   .details =
                       "What is given changes, the rest stays; a list replaces the list there was, and an empty "
                       "secret forgets\nthe one there was.\n",
                   .example = "tokenctl set work --scope openid --scope offline_access",
                   .exits = "578",
                   .options = kOptions,
                   .fewest_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace tokend::client::commands
