// tokenctl: a table of commands.
#include <array>
#include <string>
#include <vector>

#include "client/command_line.hpp"
#include "client/commands/commands.hpp"

int main(int argc, char** argv)
{
  using namespace tokend::client;
  const std::array commands{&commands::kAdd,    &commands::kSet,    &commands::kLogin,  &commands::kToken,
                            &commands::kReject, &commands::kList,   &commands::kStatus, &commands::kRefresh,
                            &commands::kLogout, &commands::kRemove, &commands::kWatch,  &commands::kCurl,
                            &commands::kLock,   &commands::kUnlock, &commands::kCall};
  hold_standard_streams();
  return run_command_line(commands, std::vector<std::string>(argv + 1, argv + argc));
}
