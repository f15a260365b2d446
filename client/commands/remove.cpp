// remove NAME: forget the account altogether.
#include <array>

#include "client/account_tables.hpp"
#include "client/commands/commands.hpp"
#include "client/printable.hpp"
#include "proto/error_codes.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::int64_t kMayTake = 2 * wire::kDefaultTimeout;  // as logout

constexpr std::array<Option, 2> kOptions{{
    {.name = "--local", .value = "", .help = "without telling the provider"},
    {.name = "--yes", .value = "", .help = "do not ask"},
}};

Outcome<void> confirm(const Context& context, const std::string& name, bool local)
{
  if (!context.terminal.interactive())
    return failed(usage(name + ": removing it cannot be undone, and nobody is here to ask",
                        "tokenctl remove " + name + (local ? " --local" : "") + " --yes"));
  if (context.terminal.agrees("Remove " + name + " and its login for good? [y/N] ")) return {};
  return failed({.exit = exit_code::kDenied, .error = "denied", .reason = name + ": nothing was removed"});
}

// What is advised asks no more than what was run.
Failure as_sure(Failure failure, bool yes)
{
  if (yes && failure.next.starts_with("tokenctl remove ")) failure.next += " --yes";
  return failure;
}

std::string ending(const wire::RemoveAccountReply& reply, bool was_signed_in)
{
  if (!reply.reason.empty()) return "removed; there was nothing to revoke: " + printable(reply.reason);
  if (reply.revoked) return "removed, and its login revoked at the provider";
  if (!was_signed_in) return "removed";
  if (reply.revoke_page.empty())
    return "removed; its tokens stay valid at the provider until they expire or you revoke them there by hand";
  return "removed; to revoke its login at the provider go to " + printable(reply.revoke_page);
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  if (!arguments.has("--yes"))
    if (auto sure = confirm(context, *name, arguments.has("--local")); !sure) return failed(about(sure.error(), *name));
  auto client = context.connect();
  if (!client) return failed(client.error());
  const auto before = client->call<wire::GetAccountReply>("GetAccount", wire::AccountCall{*name});
  if (!before && before.error().error != names_of(ErrorCode::kNoSuchAccount).http)
    return failed(about(before.error(), *name));
  // One that is damaged cannot be asked about, and can be removed.
  const bool was_signed_in = !before || is_signed_in(before->status);
  const wire::ForgetCall call{.account = *name, .local_only = arguments.has("--local")};
  const auto reply = client->call<wire::RemoveAccountReply>("RemoveAccount", call, kMayTake);
  if (!reply) return failed(about(as_sure(reply.error(), arguments.has("--yes")), *name));
  context.print_if_json(*reply);
  context.terminal.say(*name + ": " + ending(*reply, was_signed_in));
  return exit_code::kDone;
}

}  // namespace

const Command kRemove{.name = "remove",
                      .usage = "NAME [--local] [--yes]",
                      .summary = "Forget an account and its login",
                      .details = "",
                      .example = "tokenctl remove work --yes",
                      .exits = "56789",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run};

}  // namespace tokend::client::commands
