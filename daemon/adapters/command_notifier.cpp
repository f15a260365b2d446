#include "daemon/adapters/command_notifier.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

extern char** environ;

namespace tokend {
namespace {

// Ours alone: what the service manager and the caller of tokend meant for tokend.
bool is_private(std::string_view variable)
{
  constexpr std::array<std::string_view, 5> kPrivate{"TOKEND_", "NOTIFY_SOCKET=", "LISTEN_",
                                                     "CREDENTIALS_DIRECTORY=", "WATCHDOG_"};
  return std::ranges::any_of(kPrivate, [&](std::string_view start) { return variable.starts_with(start); });
}

std::vector<std::string> environment_of(const Notice& notice)
{
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable)
    if (!is_private(*variable)) variables.emplace_back(*variable);
  variables.push_back("TOKEND_ACCOUNT=" + notice.account);
  variables.push_back("TOKEND_CAUSE=" + notice.cause);
  variables.push_back("TOKEND_REASON=" + notice.sentence);
  variables.push_back("TOKEND_NEXT=" + notice.next);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// What a program is started with: nothing to read, words to stderr, signals as if nobody had touched them.
struct Start {
  Start()
  {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // libraries open sockets without O_CLOEXEC
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;
  ~Start()
  {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

int start(std::vector<std::string> command, std::vector<std::string> environment, pid_t& pid)
{
  const Start how;
  return ::posix_spawnp(&pid, command[0].c_str(), &how.files, &how.attributes, pointers(command).data(),
                        pointers(environment).data());
}

std::string end_of(int descriptor)
{
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(descriptor), &info, WEXITED) != 0 || info.si_status == 0) return {};
  return fmt::format("{} {}", info.si_code == CLD_EXITED ? "ended with" : "was ended by signal", info.si_status);
}

}  // namespace

void CommandNotifier::tell(const Notice& notice)
{
  log_.info(fmt::format("{}: {}", notice.sentence, notice.next));
  if (config_.notify.mode == Starter::Mode::kCommand) run(notice);
}

void CommandNotifier::run(const Notice& notice)
{
  if (running_.size() >= kMostRunning) return log_.warn("notify.mode: its earlier runs have not ended: left out");
  const std::string& program = config_.notify.command[0];
  pid_t pid = 0;
  if (const int error = start(config_.notify.command, environment_of(notice), pid); error != 0)
    return log_.warn(fmt::format("notify.mode: {}: {}", program, std::strerror(error)));
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return log_.warn(fmt::format("notify.mode: {}", std::strerror(errno)));
  await_end(running_.insert(running_.end(), {program, asio::posix::stream_descriptor(loop_.context(), descriptor)}));
}

void CommandNotifier::await_end(std::list<Run>::iterator run)
{
  run->process.async_wait(asio::posix::stream_descriptor::wait_read, [this, run](const std::error_code& error) {
    if (error) return;
    const std::string end = end_of(run->process.native_handle());
    if (!end.empty()) log_.warn(fmt::format("notify.mode: {} {}", run->program, end));
    running_.erase(run);
  });
}

}  // namespace tokend
