// token NAME: a fresh access token, and nothing else on stdout.
#include <array>

#include "client/browser.hpp"
#include "client/commands/commands.hpp"
#include "client/login_flow.hpp"
#include "client/times.hpp"
#include "proto/json_writer.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 8> kOptions{{
    {.name = "--min-ttl", .value = "SECONDS", .help = "good for at least so long (30)"},
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

struct Wish {
  std::string account;
  std::vector<std::string> scopes;
  std::string resource, audience;
  std::optional<std::int64_t> min_ttl, timeout;
  bool login = false;
};

Outcome<Wish> read_wish(const Arguments& arguments)
{
  const auto name = account_name(arguments);
  const auto min_ttl = arguments.seconds("--min-ttl");
  const auto timeout = arguments.seconds("--timeout");
  if (!name) return failed(name.error());
  if (!min_ttl) return failed(min_ttl.error());
  if (!timeout) return failed(timeout.error());
  Wish wish{.account = *name,
            .scopes = arguments.values("--scope"),
            .resource = arguments.value("--resource").value_or(""),
            .audience = arguments.value("--audience").value_or(""),
            .min_ttl = *min_ttl,
            .timeout = *timeout,
            .login = arguments.has("--login")};
  if (wish.scopes.size() > wire::kMostScopesInACall) return failed(usage("at most 16 scopes can be asked for"));
  return wish;
}

// wait_for_login: for one that somebody else runs.
Outcome<wire::TokenReply> get_token(const Context& context, const Wish& wish, bool wait_for_login)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  wire::GetTokenCall call{.account = wish.account,
                          .min_ttl = wish.min_ttl,
                          .resource = wish.resource,
                          .audience = wish.audience,
                          .login = wait_for_login,
                          .timeout = wish.timeout};
  for (const std::string& scope : wish.scopes) call.scopes.push_back(scope);
  const std::int64_t usual = wait_for_login ? wire::kDefaultLoginTimeout : wire::kDefaultTimeout;
  auto reply = client->call<wire::TokenReply>("GetToken", call, wish.timeout.value_or(usual));
  if (!reply) return failed(about(reply.error(), wish.account));
  return reply;
}

Outcome<wire::TokenReply> get_token_after_login(const Context& context, const Wish& wish)
{
  if (!context.terminal.interactive() && !has_display(context.environment.variable))
    return get_token(context, wish, true);
  const LoginWish login{.account = wish.account, .timeout = wish.timeout};
  if (auto done = run_login(context, login); !done) return failed(done.error());
  return get_token(context, wish, false);
}

// RFC 6750 section 2.1 writes Bearer so; providers write it as they please.
std::string_view scheme_of(const wire::TokenReply& reply)
{
  return reply.token_type == "bearer" ? "Bearer" : std::string_view(reply.token_type);
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

std::string text_of(const wire::TokenReply& reply, Form form)
{
  switch (form) {
    case Form::kToken: return std::string(reply.access_token.reveal());
    case Form::kHeader:
      return "Authorization: " + std::string(scheme_of(reply)) + " " + std::string(reply.access_token.reveal());
    case Form::kJson: return json_of(reply, unix_now());
  }
  return {};
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto form = form_of(context, arguments);
  if (!form) return failed(form.error());
  const auto wish = read_wish(arguments);
  if (!wish) return failed(wish.error());
  auto reply = get_token(context, *wish, false);
  if (!reply && wish->login && reply.error().exit == exit_code::kLoginNeeded)
    reply = get_token_after_login(context, *wish);
  if (!reply) return failed(reply.error());
  const Secret text(text_of(*reply, *form));
  context.terminal.print(text.reveal());
  return exit_code::kDone;
}

}  // namespace

const Command kToken{.name = "token",
                     .usage = "NAME [OPTIONS]",
                     .summary = "Print a fresh access token",
                     .details = "",
                     .options = kOptions,
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = run};

}  // namespace tokend::client::commands
