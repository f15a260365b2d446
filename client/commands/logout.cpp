// logout NAME: revoke at the provider and forget; the account stays.
#include <array>

#include "client/account_tables.hpp"
#include "client/commands/commands.hpp"
#include "client/printable.hpp"

namespace tokend::client::commands {
namespace {

// A request that is out is awaited, then the provider is asked to revoke: each may take the default time.
constexpr std::int64_t kMayTake = 2 * wire::kDefaultTimeout;

constexpr std::array<Option, 1> kOptions{{
    {.name = "--local", .value = "", .help = "forget without telling the provider"},
}};

std::string ending(const wire::LogoutReply& reply, const wire::AccountStatus& before)
{
  if (!reply.reason.empty()) return "signed out; there was nothing to revoke: " + printable(reply.reason);
  if (reply.revoked) return "signed out, and revoked at the provider";
  if (!is_signed_in(before))
    return before.state == wire::State::kSigningIn ? "the login that was pending is cancelled; it was not signed in"
                                                   : "it was not signed in, so there was nothing to sign out";
  if (reply.revoke_page.empty())
    return "signed out here; its tokens stay valid at the provider until they expire or you revoke them there by hand";
  return "signed out here; to revoke it at the provider go to " + printable(reply.revoke_page);
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const auto before = client->call<wire::GetAccountReply>("GetAccount", wire::AccountCall{*name});
  if (!before) return failed(about(before.error(), *name));
  const wire::ForgetCall call{.account = *name, .local_only = arguments.has("--local")};
  const auto reply = client->call<wire::LogoutReply>("Logout", call, kMayTake);
  if (!reply) return failed(about(reply.error(), *name));
  context.print_if_json(*reply);
  context.terminal.say(*name + ": " + ending(*reply, before->status));
  for (const std::string& other : reply->also_signed_out)
    context.terminal.say(printable(other) + ": signed out too, it shared the login");
  return exit_code::kDone;
}

}  // namespace

const Command kLogout{.name = "logout",
                      .usage = "NAME [--local]",
                      .summary = "Revoke an account's login and forget it",
                      .details = "",
                      .example = "tokenctl logout work",
                      .exits = "5789",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run};

}  // namespace tokend::client::commands
