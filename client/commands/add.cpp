// add NAME: says what an account is, tells the callback URL to register, and goes on to the login.
#include "client/commands/commands.hpp"
#include "client/definition_options.hpp"
#include "client/login_flow.hpp"
#include "client/printable.hpp"

namespace tokend::client::commands {
namespace {

constexpr auto kOptions = definition_options_and(std::array{
    Option{.name = "--no-login", .value = "", .help = "define it only"},
});

bool has_provider(const wire::Definition& definition) { return definition.issuer || definition.token_endpoint; }

Failure missing(const std::string& account, std::string what)
{
  return {.exit = exit_code::kUsage,
          .error = "usage",
          .reason = account + ": " + std::move(what),
          .account = account,
          .next = "see 'tokenctl add --help'"};
}

// What an account cannot be without; asked for on a terminal.
Outcome<void> complete(const Context& context, const std::string& account, wire::Definition& definition)
{
  const Terminal& terminal = context.terminal;
  const bool ask = terminal.interactive();
  const auto asked = [&](std::optional<std::string>& field, std::string_view question) {
    if (!field && ask) field = terminal.ask(question);
    return field && !field->empty();
  };
  if (!has_provider(definition) && !asked(definition.issuer, "Issuer (https://...): "))
    return failed(missing(account,
                          "it needs --issuer URL, or --token-endpoint with --authorization-endpoint or "
                          "--device-endpoint"));
  if (definition.redirect_uri && ask && !definition.client_id)
    terminal.must_say("Register an app of your own at the provider, with this callback URL, exactly:\n\n    " +
                      printable(*definition.redirect_uri) + "\n");
  if (!asked(definition.client_id, "Client ID: "))
    return failed(missing(account, "it needs --client-id ID, which the provider shows where the app is registered"));
  if (definition.client_secret && definition.client_secret->empty())
    return failed(usage("the client secret is empty: leave --client-secret-file out if the app has none"));
  const bool takes_secret = !definition.client_secret && definition.client_auth != "none";
  if (takes_secret && ask) {
    auto secret = terminal.ask_secret("Client secret (not shown; empty if the app has none): ");
    if (secret && !secret->empty()) definition.client_secret = std::move(*secret);
  }
  if (definition.flow == Flow::kClientCredentials && !definition.client_secret)
    return failed(missing(account, "client_credentials needs --client-secret-file FILE, or - for stdin"));
  return {};
}

void say_callback(const Terminal& terminal, const std::string& redirect_uri)
{
  if (redirect_uri.empty()) return;
  terminal.say("The callback URL to register at the provider, exactly:\n\n    " + printable(redirect_uri) +
               "\n\nThat is where your browser returns after you said yes. It is your own machine;\n"
               "tokend listens there only while you log in.");
}

// An address that the person gave has been registered; one that tokend chose is news.
bool is_registered(const Terminal& terminal, bool given)
{
  return given || terminal.ask("Press Enter when it is registered there (Ctrl-D: log in later). ").has_value();
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto definition = read_definition(arguments);
  if (!definition) return failed(definition.error());
  if (auto whole = complete(context, *name, *definition); !whole) return failed(whole.error());
  const bool redirect_given = definition->redirect_uri.has_value();
  const Flow flow = definition->flow.value_or(Flow::kCode);

  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::AddAccountCall call{.account = *name, .definition = std::move(*definition)};
  const auto reply = client->call<wire::AddAccountReply>("AddAccount", call);
  if (!reply) return failed(about(reply.error(), *name));
  if (context.globals.json) {
    std::string json;
    wire::write_message(*reply, json);
    context.terminal.print(json);
  }
  context.terminal.say("Added " + *name + ".");
  if (flow == Flow::kClientCredentials) {
    context.terminal.say("It needs no login. Try: tokenctl token " + *name);
    return exit_code::kDone;
  }
  if (flow == Flow::kCode) say_callback(context.terminal, reply->redirect_uri);
  const bool log_in = context.terminal.interactive() && !arguments.has("--no-login") &&
                      (flow != Flow::kCode || is_registered(context.terminal, redirect_given));
  if (!log_in) {
    context.terminal.say("Then: tokenctl login " + *name);
    return exit_code::kDone;
  }
  if (auto done = run_login(context, {.account = *name}); !done) return failed(done.error());
  return exit_code::kDone;
}

}  // namespace

const Command kAdd{.name = "add",
                   .usage = "NAME [OPTIONS]",
                   .summary = "Define an account and sign it in",
                   .details =
                       "The provider is an --issuer, or its endpoints. On a terminal, what is missing is asked "
                       "for, the callback\nURL to register is told, and the login begins. Secrets are never "
                       "given on the command line.\n",
                   .options = kOptions,
                   .fewest_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace tokend::client::commands
