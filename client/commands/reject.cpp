// reject NAME: tells the daemon that an API has refused a token. The token comes on stdin, never in argv.
#include "client/commands/commands.hpp"

namespace tokend::client::commands {
namespace {

std::string ending(const wire::RejectTokenReply& reply)
{
  if (!reply.current && reply.refreshed) return "that is not the token in use; there is a newer one";
  if (!reply.current) return "that is not the token in use";
  return "the token is replaced";
}

Failure cannot_be_replaced(const std::string& account)
{
  return {.exit = exit_code::kLoginNeeded,
          .error = "login_required",
          .reason = account + " needs a login (it has no refresh token, so nothing replaces its token)",
          .account = account,
          .cause = "refresh_token_expired",
          .next = "tokenctl login " + account};
}

Outcome<Secret> refused_token()
{
  auto token = read_secret("-", "Token (not shown): ");
  if (token && token->empty()) return failed(usage("stdin holds no token: it is empty"));
  return token;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto token = refused_token();
  if (!token) return failed(token.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::RejectTokenCall call{.account = *name, .access_token = std::move(*token)};
  const auto reply = client->call<wire::RejectTokenReply>("RejectToken", call, wire::kDefaultTimeout);
  if (!reply) return failed(about(reply.error(), *name));
  context.print_if_json(*reply);
  if (reply->current && !reply->refreshed) return failed(cannot_be_replaced(*name));
  context.terminal.say(*name + ": " + ending(*reply));
  return exit_code::kDone;
}

}  // namespace

const Command kReject{.name = "reject",
                      .usage = "NAME < TOKEN",
                      .summary = "Report a token that an API has refused",
                      .details = "Reads the token from stdin. If it is the one in use, it is replaced by a refresh.",
                      .options = {},
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run};

}  // namespace tokend::client::commands
