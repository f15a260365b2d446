// What a command is: a name, its options, how it is used, and a function. The table of them is in main.cpp; one file a
// command in commands/. A command gets a Context and answers with its exit code or a Failure; it prints results, never
// errors.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "client/broker_client.hpp"
#include "client/failure.hpp"
#include "client/options.hpp"
#include "client/terminal.hpp"
#include "proto/endpoint.hpp"

namespace tokend::client {

struct Globals {
  std::optional<std::string> socket;
  Instance instance = Instance::kAny;
  bool json = false, quiet = false, no_input = false;
};

struct Context {
  Globals globals;
  Environment environment;
  Terminal terminal;

  Outcome<BrokerClient> connect() const;

  // With --json, what the daemon answered is the result of a command that else only says what it has done.
  template <class Reply> void print_if_json(const Reply& reply) const
  {
    if (!globals.json) return;
    std::string json;
    wire::write_message(reply, json);
    terminal.print(json);
  }
};

struct Command {
  std::string_view name;
  std::string_view usage;    // what follows the name: "NAME [--yes]"
  std::string_view summary;  // a line of `tokenctl --help`
  std::string_view details;  // more for its own help; may be empty
  std::string_view example;  // a whole line that can be typed
  std::string_view exits;    // digits of its exit codes, besides those that every command has: "378"
  std::span<const Option> options;
  std::size_t fewest_words, most_words;
  Outcome<int> (*run)(const Context&, const Arguments&);
  bool runs_program = false;  // its exit code is that program's; a failure of our own is 125
};

// --socket --user --system --json --quiet --no-input --version --help
std::span<const Option> global_options();
Outcome<Globals> read_globals(const Arguments&);

// The first word, checked against the rule for names.
Outcome<std::string> account_name(const Arguments&);

// Adds what the daemon left out of an error: of which account the command spoke.
Failure about(Failure, const std::string& account);

// The daemon knows neither which command was run nor its other options: where it advises to wait, it names `token`.
// `rest`: what has to follow the option.
Failure with_command(Failure, std::string_view command, const std::string& account, std::string_view rest = "");

std::string help_of(std::span<const Command* const>);
std::string help_of(const Command&);

}  // namespace tokend::client
