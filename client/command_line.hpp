// From the words of the command line to the command that they name: what main() does before and after a command runs.
#pragma once
#include <span>
#include <string>

#include "client/command.hpp"

namespace tokend::client {

// Runs what the line says, prints a failure, and answers with the exit code.
int run_command_line(std::span<const Command* const> commands, std::span<const std::string> line);

}  // namespace tokend::client
