// lock, unlock: without its keys the daemon opens no secret, and serves none.
#include "client/commands/commands.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::int64_t kLongest = 35;  // a request to a provider that is out is awaited first

Outcome<int> tell(const Context& context, std::string_view method, std::string_view done)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  if (auto sent = client->send_raw(method, "{}", false); !sent) return failed(sent.error());
  if (const auto reply = client->receive(in_seconds(kLongest + kSilence)); !reply) return failed(reply.error());
  context.terminal.say(done);
  return exit_code::kDone;
}

Outcome<int> run_lock(const Context& context, const Arguments&)
{
  return tell(context, "Lock", "Locked: nothing is served before 'tokenctl unlock'.");
}

Outcome<int> run_unlock(const Context& context, const Arguments&) { return tell(context, "Unlock", "Unlocked."); }

}  // namespace

const Command kLock{.name = "lock",
                    .usage = "",
                    .summary = "Wipe the daemon's keys: nothing is served until unlock",
                    .details =
                        "What is on its way to a provider is awaited and saved first. Tokens that were handed out "
                        "before are good until they end.\n",
                    .example = "tokenctl lock",
                    .exits = "57",
                    .options = {},
                    .fewest_words = 0,
                    .most_words = 0,
                    .run = run_lock};

const Command kUnlock{.name = "unlock",
                      .usage = "",
                      .summary = "Open the vault again, by its key file",
                      .details = "",
                      .example = "tokenctl unlock",
                      .exits = "57",
                      .options = {},
                      .fewest_words = 0,
                      .most_words = 0,
                      .run = run_unlock};

}  // namespace tokend::client::commands
