#include "client/command_line.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <sstream>

#include "client/printable.hpp"
#include "proto/account_name.hpp"
#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

using Commands = std::span<const Command* const>;
using Line = std::span<const std::string>;

// The place of the command's name: the first word that is neither a global option nor the value of one.
std::size_t place_of_command(Line line)
{
  std::size_t at = 0;
  while (at < line.size() && line[at].starts_with('-')) at += line[at] == "--socket" ? 2 : 1;
  return std::min(at, line.size());
}

// Of the design, so that nobody looks for a spelling mistake.
constexpr std::string_view kLater[] = {"apply",  "audit",  "completion", "doctor", "exec",  "export",
                                       "helper", "import", "providers",  "setup",  "trust", "vault"};

// `help` alone is --help, `help COMMAND` is COMMAND --help.
std::vector<std::string> with_help_as_option(Line line)
{
  std::vector<std::string> words(line.begin(), line.end());
  const std::size_t place = place_of_command(line);
  if (place == line.size() || line[place] != "help") return words;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(place));
  words.emplace_back("--help");
  return words;
}

Failure unknown_command(Commands commands, const std::string& word)
{
  if (std::ranges::find(kLater, word) != std::end(kLater))
    return usage("the command '" + word + "' is not in this version of tokenctl yet", "tokenctl --help");
  std::vector<std::string> names;
  for (const Command* command : commands) names.emplace_back(command->name);
  const auto similar = similar_names(word, names);
  std::string reason = "there is no command '" + printable(word) + "'";
  if (!similar.empty()) reason += ", did you mean '" + similar.front() + "'?";
  return usage(std::move(reason), "tokenctl --help");
}

// The nth word that a usage names outside of brackets: NAME of "NAME [--local] [--yes]".
std::string required_word(std::string_view usage, std::size_t n)
{
  std::istringstream words{std::string(usage)};
  for (std::string word; words >> word;) {
    const bool is_optional = word.starts_with('[') || word.ends_with(']');
    if (!is_optional && n-- == 0) return word;
  }
  return "a word";
}

Outcome<void> check_words(const Command& command, const Arguments& arguments)
{
  const std::size_t count = arguments.words.size();
  if (count >= command.fewest_words && count <= command.most_words) return {};
  std::string reason = count < command.fewest_words
                           ? required_word(command.usage, count) + " is missing"
                           : "too many words: '" + printable(arguments.words[command.most_words]) + "'";
  reason.append("; it is: tokenctl ").append(command.name);
  if (!command.usage.empty()) reason.append(" ").append(command.usage);
  return failed(usage(std::move(reason)));
}

Outcome<int> run_global(Commands commands, const Arguments& arguments, const Terminal& terminal)
{
  if (arguments.has("--version")) {
    terminal.print("tokenctl " TOKEND_VERSION);
    return exit_code::kDone;
  }
  if (!arguments.has("--help")) return failed(usage("a command is missing", "tokenctl --help"));
  terminal.print(help_of(commands));
  return exit_code::kDone;
}

Outcome<int> run_command(const Command& command, const Arguments& arguments, const Advice& advice)
{
  auto globals = read_globals(arguments);
  if (!globals) return failed(globals.error());
  const Terminal terminal(globals->no_input, globals->quiet, advice);
  if (arguments.has("--help")) {
    terminal.print(help_of(command));
    return exit_code::kDone;
  }
  if (auto right = check_words(command, arguments); !right) return failed(right.error());
  const Context context{.globals = std::move(*globals), .environment = process_environment(), .terminal = terminal};
  return command.run(context, arguments);
}

// A mistake that names no way out of its own: the help has one.
Failure with_help(Failure failure, std::string_view command)
{
  const bool lost = failure.exit == exit_code::kUsage && failure.next.empty();
  if (lost) failure.next = "tokenctl " + std::string(command) + (command.empty() ? "--help" : " --help");
  return failure;
}

Advice advice_of(Commands commands, Line line)
{
  std::vector<std::string_view> names;
  for (const Command* command : commands) names.push_back(command->name);
  return {reach_of(line), std::move(names)};
}

Outcome<int> run(Commands commands, Line line)
{
  std::vector<Option> options(global_options().begin(), global_options().end());
  const std::size_t place = place_of_command(line);
  if (place == line.size()) {
    const auto arguments = parse(options, line);
    if (!arguments) return failed(with_help(arguments.error(), ""));
    return run_global(commands, *arguments, Terminal(true, false));
  }
  const auto found = std::ranges::find(commands, std::string_view(line[place]), &Command::name);
  if (found == commands.end()) return failed(unknown_command(commands, line[place]));
  options.insert(options.end(), (*found)->options.begin(), (*found)->options.end());
  std::vector<std::string> rest(line.begin(), line.end());
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
  const auto arguments = parse(options, rest);
  if (!arguments) return failed(with_help(arguments.error(), (*found)->name));
  const auto outcome = run_command(**found, *arguments, advice_of(commands, line));
  return outcome ? outcome : failed(with_help(outcome.error(), (*found)->name));
}

// What is broken is told like everything else.
Outcome<int> run_unbroken(Commands commands, Line line)
{
  try {
    return run(commands, line);
  } catch (const std::exception& broken) {
    return failed({.error = std::string(names_of(ErrorCode::kInternal).http), .reason = broken.what()});
  }
}

// Not to be taken for the exit code of the program that the command runs.
int exit_of(Commands commands, Line line, int exit)
{
  const std::size_t place = place_of_command(line);
  const auto found = std::ranges::find_if(
      commands, [&](const Command* one) { return place < line.size() && one->name == line[place]; });
  const bool is_ours =
      exit == exit_code::kNotExecutable || exit == exit_code::kNotFound || exit == exit_code::kInterrupted;
  return found != commands.end() && (*found)->runs_program && !is_ours ? exit_code::kOwn : exit;
}

// Among our own options: what stands behind "--" is another program's.
bool wants_json(Line line)
{
  const auto end = std::ranges::find(line, "--");
  return std::find(line.begin(), end, "--json") != end;
}

}  // namespace

int run_command_line(Commands commands, Line line)
{
  const auto outcome = run_unbroken(commands, with_help_as_option(line));
  if (outcome) return *outcome;
  Failure failure = outcome.error();
  failure.exit = exit_of(commands, line, failure.exit);
  const Advice advice = advice_of(commands, line);
  failure.reason = advice.in(std::move(failure.reason));
  failure.next = advice.in(std::move(failure.next));
  const Terminal terminal(true, false);
  terminal.must_say(wants_json(line) ? json_of(failure) : sentence_of(failure));
  return failure.exit;
}

}  // namespace tokend::client
