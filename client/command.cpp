#include "client/command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "client/printable.hpp"
#include "proto/account_name.hpp"

namespace tokend::client {
namespace {

constexpr std::array<Option, 8> kGlobalOptions{{
    {.name = "--socket", .value = "PATH", .help = "the daemon's socket"},
    {.name = "--user", .value = "", .help = "the user's daemon, not the system's"},
    {.name = "--system", .value = "", .help = "the system's daemon, not the user's"},
    {.name = "--json", .value = "", .help = "results and errors as JSON"},
    {.name = "--quiet", .value = "", .help = "fewer words on stderr", .letter = 'q'},
    {.name = "--no-input", .value = "", .help = "ask nothing, even on a terminal"},
    {.name = "--version", .value = "", .help = "print the version", .letter = 'V'},
    {.name = "--help", .value = "", .help = "print this, or a command's own help", .letter = 'h'},
}};

struct ExitWords {
  int code;
  std::string_view words;
};
constexpr std::array<ExitWords, 11> kExits{{
    {exit_code::kDone, "done"},
    {exit_code::kUnexpected, "unexpected"},
    {exit_code::kUsage, "usage"},
    {exit_code::kLoginNeeded, "login needed"},
    {exit_code::kUnreachable, "no daemon"},
    {exit_code::kUnavailable, "try later"},
    {exit_code::kDenied, "denied"},
    {exit_code::kLocked, "locked"},
    {exit_code::kUnknown, "no such account"},
    {exit_code::kRefused, "refused by the provider"},
    {exit_code::kInterrupted, "interrupted"},
}};
constexpr std::string_view kEveryDigit = "356789";

constexpr std::size_t kHelpColumn = 30, kHelpColumns = 80;

// Of a command that may end with these beside what all may end with; lines break between codes.
std::string exit_words(std::string_view digits)
{
  std::string text, line = "Exit codes:";
  for (const auto& [code, words] : kExits) {
    const std::string number = std::to_string(code);
    if (kEveryDigit.contains(number) && !digits.contains(number)) continue;
    const std::string item = " " + number + " " + std::string(words) + (code == kExits.back().code ? "\n" : ",");
    if (line.size() + item.size() > kHelpColumns) text += std::exchange(line, "           ") + "\n";
    line += item;
  }
  return text + line;
}

std::string padded(std::string text)
{
  if (text.size() + 2 > kHelpColumn) return text + "\n" + std::string(kHelpColumn, ' ');
  text.resize(kHelpColumn, ' ');
  return text;
}

std::string help_of(std::span<const Option> options)
{
  std::string text;
  for (const Option& option : options) {
    if (option.use == Option::Use::kLater) continue;
    std::string left = "  ";
    if (option.letter) left += std::string("-") + option.letter + ", ";
    left += option.name;
    if (!option.value.empty()) left.append(" ").append(option.value);
    if (option.use == Option::Use::kRepeated) left += " ...";
    text.append(padded(std::move(left))).append(option.help) += '\n';
  }
  return text;
}

}  // namespace

std::span<const Option> global_options() { return kGlobalOptions; }

Outcome<Globals> read_globals(const Arguments& arguments)
{
  if (arguments.has("--user") && arguments.has("--system"))
    return failed(usage("--user and --system exclude each other"));
  return Globals{.socket = arguments.value("--socket"),
                 .instance = arguments.has("--user")     ? Instance::kUser
                             : arguments.has("--system") ? Instance::kSystem
                                                         : Instance::kAny,
                 .json = arguments.has("--json"),
                 .quiet = arguments.has("--quiet"),
                 .no_input = arguments.has("--no-input")};
}

Outcome<BrokerClient> Context::connect() const
{
  const bool system = globals.instance == Instance::kSystem;
  const auto paths = socket_candidates(environment, globals.socket, globals.instance);
  const bool asked_for = !system && paths.size() == 1;
  return BrokerClient::connect(paths, std::string("run 'systemctl ") + (system ? "" : "--user ") +
                                          "enable --now tokend.socket' (without systemd: start 'tokend" +
                                          (asked_for ? " --socket " + paths.front() : "") + "')");
}

Outcome<std::string> account_name(const Arguments& arguments)
{
  const std::string& name = arguments.words.front();
  if (is_account_name(name)) return name;
  return failed(usage("'" + printable(name) + "' is no account name: a name is " + std::string(kAccountNameRule)));
}

Failure about(Failure failure, const std::string& account)
{
  if (failure.account.empty()) failure.account = account;
  return failure;
}

Failure with_command(Failure failure, std::string_view command, const std::string& account, std::string_view rest)
{
  constexpr std::string_view kAdvised = "tokenctl token ";
  if (!failure.next.starts_with(std::string(kAdvised) + account + " --timeout")) return failure;
  failure.next.replace(0, kAdvised.size(), "tokenctl " + std::string(command) + " ").append(rest);
  return failure;
}

std::string help_of(std::span<const Command* const> commands)
{
  std::string text =
      "Usage: tokenctl COMMAND ...\n\nAccess tokens that are always fresh, from the tokend of this machine.\n\n";
  for (const Command* command : commands) {
    std::string left = "  " + std::string(command->name);
    text.append(padded(std::move(left))).append(command->summary) += '\n';
  }
  text += "\n'tokenctl help COMMAND' tells more of one.\n\nWith every command:\n" + help_of(global_options()) + "\n" +
          exit_words(kEveryDigit);
  text.pop_back();
  return text;
}

std::string help_of(const Command& command)
{
  std::string text = "Usage: tokenctl " + std::string(command.name);
  if (!command.usage.empty()) text.append(" ").append(command.usage);
  text.append("\n\n").append(command.summary).append(".\n");
  if (!command.details.empty()) text.append("\n").append(command.details);
  text.append("\nFor example: ").append(command.example) += '\n';
  if (!command.options.empty()) text += "\n" + help_of(command.options);
  text += "\nWith every command:\n" + help_of(global_options());
  if (!command.runs_program) text += "\n" + exit_words(command.exits);
  text.pop_back();
  return text;
}

}  // namespace tokend::client
