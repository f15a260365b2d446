// add NAME: tells the callback URL to register, asks for what the provider gives in return, and goes on to the login.
#include "client/commands/commands.hpp"
#include "client/definition_options.hpp"
#include "client/login_flow.hpp"
#include "client/printable.hpp"
#include "client/redirect_place.hpp"

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
          .next = "tokenctl add --help"};
}

Outcome<void> ask_provider(const Terminal& terminal, const std::string& account, wire::Definition& definition)
{
  if (has_provider(definition)) return {};
  if (terminal.interactive()) definition.issuer = terminal.ask("Issuer (https://...): ");
  if (definition.issuer && !definition.issuer->empty()) return {};
  return failed(missing(account,
                        "it needs --issuer URL, or --token-endpoint with --authorization-endpoint or "
                        "--device-endpoint"));
}

Outcome<wire::AddAccountReply> send(const Context& context, const wire::AddAccountCall& call)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  auto reply = client->call<wire::AddAccountReply>("AddAccount", call);
  if (!reply) return failed(about(with_option_names(reply.error()), call.account));
  return reply;
}

// The callback URL that the account will have; what is wrong with the definition is said before anything is typed.
// Empty: it has none, or (off a terminal, where this only helps a sentence) no daemon is there to tell.
Outcome<std::string> callback_of(const Context& context, wire::AddAccountCall& call)
{
  call.dry_run = true;
  auto reply = send(context, call);
  call.dry_run = false;
  if (reply) return std::move(reply->redirect_uri);
  if (!context.terminal.interactive() && reply.error().exit == exit_code::kUnreachable) return "";
  return failed(reply.error());
}

std::string callback_words(const std::string& redirect_uri)
{
  return "The callback URL to register at the provider, exactly:\n\n    " + printable(redirect_uri) +
         "\n\nThat is where your browser returns after you said yes. " +
         (loopback_place_of(redirect_uri) ? "It is your own machine;\ntokend listens there only while you log in."
                                          : "tokend does not listen there:\nwhoever does has to bring it the "
                                            "answer, by its method CompleteLogin.");
}

Failure missing_client(const std::string& account, const std::string& callback)
{
  if (callback.empty())
    return missing(account, "it needs --client-id ID, which the provider shows where the app is registered");
  return missing(account, "it needs --client-id ID: register an app at the provider with the callback URL " +
                              printable(callback) + " exactly, and it shows the ID");
}

// Who the app is; asked for on a terminal, where it was told before what has to be registered.
Outcome<void> ask_client(const Context& context, const Arguments& arguments, const std::string& account,
                         wire::Definition& definition)
{
  const Terminal& terminal = context.terminal;
  if (!definition.client_id && terminal.interactive()) definition.client_id = terminal.ask("Client ID: ");
  if (!definition.client_id || definition.client_id->empty()) return failed(missing_client(account, ""));
  if (auto secret = read_client_secret(arguments, definition); !secret) return secret;
  if (definition.client_secret && definition.client_secret->empty())
    return failed(usage("the client secret is empty: leave --client-secret-file out if the app has none"));
  if (!definition.client_secret && definition.client_auth != "none" && terminal.interactive()) {
    auto secret = terminal.ask_secret("Client secret (not shown; empty if the app has none): ");
    if (secret && !secret->empty()) definition.client_secret = std::move(*secret);
  }
  if (definition.flow == Flow::kClientCredentials && !definition.client_secret)
    return failed(missing(account, "client_credentials needs --client-secret-file FILE, or - for stdin"));
  return {};
}

// Known: the person gave the address, or the client ID that was typed after the address was told. Else it is news.
bool is_registered(const Terminal& terminal, bool known)
{
  return known || terminal.ask("Press Enter when it is registered there (Ctrl-D: log in later). ").has_value();
}

Outcome<int> finish(const Context& context, const Arguments& arguments, const wire::AddAccountCall& call,
                    bool registered, const std::string& callback)
{
  const Terminal& terminal = context.terminal;
  terminal.say("Added " + call.account + ".");
  const Flow flow = call.definition.flow.value_or(Flow::kCode);
  if (flow == Flow::kClientCredentials) {
    terminal.say("It needs no login. Try: tokenctl token " + call.account);
    return exit_code::kDone;
  }
  if (!terminal.interactive() && !callback.empty()) terminal.say(callback_words(callback));
  const bool log_in = terminal.interactive() && !arguments.has("--no-login") &&
                      (flow != Flow::kCode || is_registered(terminal, registered));
  if (!log_in) {
    terminal.say("Then: tokenctl login " + call.account);
    return exit_code::kDone;
  }
  if (auto done = run_login(context, {.account = call.account}); !done) return failed(done.error());
  return exit_code::kDone;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto definition = read_definition(arguments);
  if (!definition) return failed(definition.error());
  const Terminal& terminal = context.terminal;
  wire::AddAccountCall call{.account = *name, .definition = std::move(*definition)};
  const bool client_given = call.definition.client_id.has_value();
  const bool registered = call.definition.redirect_uri || !client_given;
  if (auto known = ask_provider(terminal, *name, call.definition); !known) return failed(known.error());
  if (terminal.interactive() || !client_given) {
    const auto callback = callback_of(context, call);
    if (!callback) return failed(callback.error());
    if (!terminal.interactive()) return failed(missing_client(*name, *callback));
    if (!callback->empty()) terminal.must_say(callback_words(*callback) + "\n");
  }
  if (auto whole = ask_client(context, arguments, *name, call.definition); !whole) return failed(whole.error());
  const auto reply = send(context, call);
  if (!reply) return failed(reply.error());
  context.print_if_json(*reply);
  return finish(context, arguments, call, registered, reply->redirect_uri);
}

}  // namespace

const Command kAdd{.name = "add",
                   .usage = "NAME [OPTIONS]",
                   .summary = "Define an account and sign it in",
                   .details =
                       "The provider is an --issuer, or its endpoints. On a terminal, the callback URL to "
                       "register is told,\nwhat is missing is asked for, and the login begins. Secrets are never "
                       "given on the command line.\n",
                   .options = kOptions,
                   .fewest_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace tokend::client::commands
