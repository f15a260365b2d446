// add NAME: tells the callback URL to register, asks for what the provider gives in return, and goes on to the login.
#include "client/advice.hpp"
#include "client/callback_words.hpp"
#include "client/commands/commands.hpp"
#include "client/definition_options.hpp"
#include "client/login_flow.hpp"

namespace tokend::client::commands {
namespace {

constexpr auto kOptions = definition_options_and(std::array{
    Option{.name = "--no-login", .value = "", .help = "define it only"},
    Option{.name = "--dry-run", .value = "", .help = "only check it, and tell the callback URL"},
});

bool has_login(const wire::Definition& definition) { return definition.flow != Flow::kClientCredentials; }

bool has_provider(const wire::Definition& definition) { return definition.issuer || definition.token_endpoint; }

Failure missing(const std::string& account, std::string what)
{
  return {.exit = exit_code::kUsage,
          .error = "usage",
          .reason = account + ": " + std::move(what),
          .account = account,
          .next = "tokenctl add --help"};
}

// Empty answers leave it out: what is missing then, the daemon says.
void ask_endpoint(const Terminal& terminal, const std::string& question, std::optional<std::string>& endpoint)
{
  if (endpoint) return;
  auto answer = terminal.ask(question + " (https://...): ");
  if (answer && !answer->empty()) endpoint = std::move(*answer);
}

void ask_endpoints(const Terminal& terminal, wire::Definition& definition)
{
  const Flow flow = definition.flow.value_or(Flow::kCode);
  if (flow == Flow::kCode) ask_endpoint(terminal, "Authorization endpoint", definition.authorization_endpoint);
  if (flow == Flow::kDevice) ask_endpoint(terminal, "Device endpoint", definition.device_endpoint);
  ask_endpoint(terminal, "Token endpoint", definition.token_endpoint);
}

Outcome<void> ask_provider(const Terminal& terminal, const std::string& account, wire::Definition& definition)
{
  if (has_provider(definition)) return {};
  if (terminal.interactive()) {
    auto issuer = terminal.ask("Issuer (https://..., or Enter to give its endpoints): ");
    if (issuer && !issuer->empty()) definition.issuer = std::move(*issuer);
    else if (issuer) ask_endpoints(terminal, definition);
  }
  if (has_provider(definition)) return {};
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

Failure missing_client(const std::string& account, const std::string& callback)
{
  if (callback.empty())
    return missing(account, "it needs --client-id ID, which the provider shows where the app is registered");
  return missing(account, "it needs --client-id ID: register an app at the provider " + callback_clause(callback) +
                              " and it shows the ID");
}

// Who the app is; asked for on a terminal, where it was told before what has to be registered.
Outcome<void> ask_client(const Context& context, const Arguments& arguments, const std::string& account,
                         wire::Definition& definition)
{
  const Terminal& terminal = context.terminal;
  if (!definition.client_id && terminal.interactive()) {
    auto id = terminal.ask("Client ID: ");
    if (id && !id->empty()) definition.client_id = std::move(*id);
  }
  if (!definition.client_id) return failed(missing_client(account, ""));
  if (auto secret = read_client_secret(arguments, definition); !secret) return secret;
  if (definition.client_secret && definition.client_secret->empty())
    return failed(usage("the client secret is empty: leave --client-secret-file out if the app has none"));
  if (!definition.client_secret && definition.client_auth != "none" && terminal.interactive()) {
    auto secret = terminal.ask_secret("Client secret (not shown; empty if the app has none): ");
    if (!secret) return failed(missing(account, "the input ended before the client secret was given"));
    if (!secret->empty()) definition.client_secret = std::move(*secret);
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
  if (!has_login(call.definition)) {
    terminal.say("It needs no login. Try: tokenctl token " + call.account);
    return exit_code::kDone;
  }
  if (!terminal.interactive()) terminal.say(callback_words(callback));
  const Flow flow = call.definition.flow.value_or(Flow::kCode);
  const bool log_in = terminal.interactive() && !arguments.has("--no-login") &&
                      (flow != Flow::kCode || is_registered(terminal, registered));
  if (!log_in) {
    terminal.say("Then: tokenctl login " + call.account);
    return exit_code::kDone;
  }
  if (auto done = run_login(context, {.account = call.account}); !done) return failed(done.error());
  return exit_code::kDone;
}

// Everything that the account will be is there, or was asked for.
Outcome<void> complete(const Context& context, const Arguments& arguments, wire::AddAccountCall& call)
{
  const Terminal& terminal = context.terminal;
  if (auto known = ask_provider(terminal, call.account, call.definition); !known) return known;
  if (terminal.interactive() || !call.definition.client_id) {
    const auto callback = callback_of(context, call);
    if (!callback) return failed(callback.error());
    if (!terminal.interactive()) return failed(missing_client(call.account, *callback));
    if (has_login(call.definition)) terminal.must_say(callback_words(*callback) + "\n");
  }
  return ask_client(context, arguments, call.account, call.definition);
}

// What was typed at questions is in no shell's history. A secret is not told: its option asks for it again.
void say_how_to_repeat(const Context& context, const Arguments& arguments, const wire::AddAccountCall& call)
{
  if (!context.terminal.interactive()) return;
  std::string line = "tokenctl add " + call.account;
  for (const std::string& word : options_of(call.definition)) line += " " + word;
  const auto secret = arguments.value("--client-secret-file");
  if (secret && !call.definition.client_secret) line += " --client-secret-file " + shell_word(*secret);
  if (arguments.has("--no-login")) line += " --no-login";
  context.terminal.must_say("To try again with what was said: " + line);
}

Outcome<int> only_check(const Context& context, wire::AddAccountCall& call)
{
  call.dry_run = true;
  const auto reply = send(context, call);
  if (!reply) return failed(reply.error());
  context.print_if_json(*reply);
  context.terminal.say(call.account + ": would be added, and " +
                       (has_login(call.definition) ? "then need a login" : "needs no login"));
  if (has_login(call.definition)) context.terminal.say(callback_words(reply->redirect_uri));
  return exit_code::kDone;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto definition = read_definition(arguments);
  if (!definition) return failed(definition.error());
  wire::AddAccountCall call{.account = *name, .definition = std::move(*definition)};
  const bool registered = call.definition.redirect_uri || !call.definition.client_id;
  if (arguments.has("--dry-run")) return only_check(context, call);
  const auto whole = complete(context, arguments, call);
  const auto reply = whole ? send(context, call) : failed(whole.error());
  if (!reply) {
    say_how_to_repeat(context, arguments, call);
    return failed(reply.error());
  }
  context.print_if_json(*reply);
  return finish(context, arguments, call, registered, reply->redirect_uri);
}

}  // namespace

const Command kAdd{
    .name = "add",
    .usage = "NAME [OPTIONS]",
    .summary = "Define an account and sign it in",
    .details =
        "The provider is an --issuer, or its endpoints. On a terminal, the callback URL to "
        "register is told,\nwhat is missing is asked for, and the login begins. Secrets are never "
        "given on the command line.\n",
    .example = "tokenctl add work --issuer https://login.example.org --client-id ID --client-secret-file -",
    .exits = "35679",
    .options = kOptions,
    .fewest_words = 1,
    .most_words = 1,
    .run = run};

}  // namespace tokend::client::commands
