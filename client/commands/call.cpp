// call METHOD [JSON]: any method of the daemon; each reply's parameters on a line of its own.
#include <algorithm>
#include <array>

#include "client/commands/commands.hpp"
#include "client/printable.hpp"
#include "proto/error_codes.hpp"
#include "proto/json_reader.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 1> kOptions{{
    {.name = "--more", .value = "", .help = "take a stream of replies"},
}};

// What the call says about its own patience: "timeout", and whether a "login" may be waited for.
struct Patience {
  std::optional<std::int64_t> timeout;
  bool login = false;
};

Outcome<Patience> patience_of(std::string_view json)
{
  std::string scratch;
  JsonReader in(json, scratch);
  Patience patience;
  std::int64_t seconds = 0;
  bool is_object = in.enter_object();
  for (std::string_view name; is_object && in.next_member(name);)
    if (name == "timeout" && in.read(seconds))
      patience.timeout = std::clamp<std::int64_t>(seconds, 0, wire::kMostSeconds);
    else if (name != "login" || !in.read(patience.login)) in.skip();
  wipe(scratch);
  // They are not shown: there may be a secret in them.
  if (!is_object || !in.finish()) return failed(usage("the parameters are not a JSON object"));
  return patience;
}

Deadline deadline_of(const Patience& patience)
{
  const std::int64_t usual = patience.login ? wire::kDefaultLoginTimeout : 2 * wire::kDefaultTimeout;
  return in_seconds(patience.timeout.value_or(usual) + kSilence);
}

Failure in_words_of_options(Failure failure, const std::string& method)
{
  if (failure.error != names_of(ErrorCode::kExpectedMore).http) return failure;
  failure.reason = printable(method) + " streams its replies";
  failure.next = "tokenctl call --more " + printable(method);
  return failure;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  std::string parameters = arguments.words.size() > 1 ? arguments.words[1] : "{}";
  if (parameters == "-") {
    auto text = read_stdin();
    if (!text) return failed(text.error());
    parameters = std::move(*text);
  }
  const Secret kept(std::move(parameters));
  const auto patience = patience_of(kept.reveal());
  if (!patience) return failed(patience.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const bool more = arguments.has("--more");
  if (auto sent = client->send_raw(arguments.words[0], kept.reveal(), more); !sent) return failed(sent.error());
  for (;;) {
    const auto reply = client->receive(more ? Deadline() : deadline_of(*patience));
    if (!reply) return failed(in_words_of_options(reply.error(), arguments.words[0]));
    context.terminal.print(reply->parameters.empty() ? "{}" : reply->parameters);
    if (!reply->continues) return exit_code::kDone;
  }
}

}  // namespace

const Command kCall{.name = "call",
                    .usage = "[--more] METHOD [JSON|-]",
                    .summary = "Call a method of the daemon",
                    .details =
                        "METHOD without a dot is in io.tokend.Broker. Parameters with secrets: give - and write "
                        "them to stdin.\n",
                    .example = "tokenctl call GetAccount '{\"account\":\"work\"}'",
                    .exits = "356789",
                    .options = kOptions,
                    .fewest_words = 1,
                    .most_words = 2,
                    .run = run};

}  // namespace tokend::client::commands
