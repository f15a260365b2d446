// token NAME: a fresh access token, and nothing else on stdout.
#include <array>

#include "client/authorization_header.hpp"
#include "client/browser.hpp"
#include "client/commands/commands.hpp"
#include "client/login_flow.hpp"
#include "client/printable.hpp"
#include "client/times.hpp"
#include "client/token_wish.hpp"
#include "proto/json_writer.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 8> kOptions{{
    {.name = "--min-ttl",
     .value = "SECONDS",
     .help = "good for at least so long (30), but for no more\n"
             "                              than two thirds of the lifetime that the provider gives"},
    {.name = "--scope", .value = "SCOPE", .help = "a token for these scopes only", .use = Option::Use::kRepeated},
    {.name = "--resource", .value = "URI", .help = "a token for this resource (RFC 8707)"},
    {.name = "--audience", .value = "NAME", .help = "a token for this audience"},
    {.name = "--id-token", .value = "", .use = Option::Use::kLater},
    {.name = "--login", .value = "", .help = "sign in first, if that is needed"},
    {.name = "--timeout", .value = "SECONDS", .help = "wait so long for what may clear by itself"},
    {.name = "--format", .value = "FORM", .help = "token, header or json"},
}};

enum class Form { kToken, kHeader, kJson };

Outcome<Form> form_of(const Context& context, const Arguments& arguments)
{
  const std::string name = arguments.value("--format").value_or(context.globals.json ? "json" : "token");
  if (name == "token") return Form::kToken;
  if (name == "header") return Form::kHeader;
  if (name == "json") return Form::kJson;
  return failed(usage("--format is token, header or json, not '" + name + "'"));
}

// Nobody else tells: the program that runs this one only sees that no token comes.
void say_that_it_waits(const Context& context, const TokenWish& wish, const Failure& why)
{
  const std::int64_t seconds = wish.timeout.value_or(wire::kDefaultLoginTimeout);
  context.terminal.say("tokenctl: " + printable(why.reason) + "; waiting " + duration(seconds) +
                       " at most for somebody to run 'tokenctl login " + wish.account + "'");
}

Outcome<wire::TokenReply> get_token_after_login(const Context& context, const TokenWish& wish, const Failure& why)
{
  if (!context.terminal.interactive() && !has_display(context.environment.variable)) {
    say_that_it_waits(context, wish, why);
    return get_token(context, wish, {.wait_for_login = true});
  }
  const LoginWish login{.account = wish.account, .timeout = wish.timeout};
  if (auto done = run_login(context, login); !done) return failed(done.error());
  return get_token(context, wish);
}

// RFC 6749 section 5.1, and what is ours.
std::string json_of(const wire::TokenReply& reply, UnixTime now)
{
  std::string out;
  out.reserve(reply.access_token.size() + 1024);
  JsonWriter json(out);
  json.begin_object().member("access_token", reply.access_token.reveal()).member("token_type", reply.token_type);
  if (reply.expires_at) json.member("expires_in", std::max<std::int64_t>(0, *reply.expires_at - now));
  std::string scope;
  for (const std::string& one : reply.scopes) scope += (scope.empty() ? "" : " ") + one;
  if (!scope.empty()) json.member("scope", scope);
  if (reply.expires_at) json.member("expires_at", *reply.expires_at);
  json.member("account", reply.account);
  if (!reply.api_base.empty()) json.member("api_base", reply.api_base);
  json.end_object();
  return out;
}

Outcome<Secret> text_of(const wire::TokenReply& reply, Form form)
{
  switch (form) {
    case Form::kToken: return reply.access_token.duplicate();
    case Form::kHeader: return authorization_header(reply);
    case Form::kJson: return Secret(json_of(reply, unix_now()));
  }
  return {};
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto form = form_of(context, arguments);
  if (!form) return failed(form.error());
  const auto wish = read_token_wish(arguments);
  if (!wish) return failed(wish.error());
  auto reply = get_token(context, *wish);
  if (!reply && arguments.has("--login") && reply.error().exit == exit_code::kLoginNeeded)
    reply = get_token_after_login(context, *wish, reply.error());
  if (!reply) return failed(reply.error());
  const auto text = text_of(*reply, *form);
  if (!text) return failed(text.error());
  context.terminal.print(text->reveal());
  return exit_code::kDone;
}

}  // namespace

const Command kToken{.name = "token",
                     .usage = "NAME [OPTIONS]",
                     .summary = "Print a fresh access token",
                     .details = "",
                     .example = "tokenctl token work --min-ttl 600",
                     .exits = "356789",
                     .options = kOptions,
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = run};

}  // namespace tokend::client::commands
