#include "tests/unit/client/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace tokend::test {

namespace {

constexpr int kPatienceMs = 60'000;

struct Pipe {
  FileDescriptor read_end, write_end;
  Pipe()
  {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    read_end = FileDescriptor(ends[0]);
    write_end = FileDescriptor(ends[1]);
  }
};

std::vector<char*> pointers(const std::vector<std::string>& words)
{
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
             const std::string& input)
{
  std::vector<std::string> line{TOKENCTL};
  line.insert(line.end(), arguments.begin(), arguments.end());
  const auto argv = pointers(line), envp = pointers(environment);
  Pipe in, out, err;
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    dup2(in.read_end.get(), STDIN_FILENO);
    dup2(out.write_end.get(), STDOUT_FILENO);
    dup2(err.write_end.get(), STDERR_FILENO);
    execve(TOKENCTL, argv.data(), envp.data());
    _exit(127);
  }
  REQUIRE(write(in.write_end.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  out_ = std::move(out.read_end);
  err_ = std::move(err.read_end);
}

Child::Child(OnTerminal, const std::vector<std::string>& arguments, const std::vector<std::string>& environment)
{
  std::vector<std::string> line{TOKENCTL};
  line.insert(line.end(), arguments.begin(), arguments.end());
  const auto argv = pointers(line), envp = pointers(environment);
  Pipe out;
  keyboard_ = FileDescriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(grantpt(keyboard_.get()) == 0);
  REQUIRE(unlockpt(keyboard_.get()) == 0);
  err_ = FileDescriptor(fcntl(keyboard_.get(), F_DUPFD_CLOEXEC, 0));  // ends with the process, the keyboard does not
  const FileDescriptor screen(open(ptsname(keyboard_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(screen);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    setsid();
    ioctl(screen.get(), TIOCSCTTY, 0);
    dup2(screen.get(), STDIN_FILENO);
    dup2(out.write_end.get(), STDOUT_FILENO);
    dup2(screen.get(), STDERR_FILENO);
    execve(TOKENCTL, argv.data(), envp.data());
    _exit(127);
  }
  out_ = std::move(out.read_end);
}

void Child::type(const std::string& keys)
{
  REQUIRE(write(keyboard_.get(), keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

bool Child::echoes() const
{
  termios now{};
  REQUIRE(tcgetattr(keyboard_.get(), &now) == 0);
  return (now.c_lflag & ECHO) != 0;
}

Child::~Child()
{
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Child::read_some()
{
  pollfd fds[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
  REQUIRE(poll(fds, 2, kPatienceMs) > 0);
  bool open = false;
  for (auto& [fd, events, revents] : fds) {
    if (fd < 0) continue;
    char bytes[4096];
    const ssize_t count = revents ? read(fd, bytes, sizeof bytes) : 1;
    open = open || count > 0;
    FileDescriptor& end = fd == out_.get() ? out_ : err_;
    if (count <= 0) end = FileDescriptor();
    else if (revents) (fd == out_.get() ? ended_.out : ended_.err).append(bytes, static_cast<std::size_t>(count));
  }
  return open;
}

void Child::wait_for_err(const std::string& text)
{
  while (!ended_.err.contains(text)) {
    INFO(ended_.err);
    REQUIRE(read_some());
  }
}

void Child::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

Ended Child::end()
{
  while (read_some()) continue;
  int status = 0;
  REQUIRE(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  ended_.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  return ended_;
}

Ended tokenctl(const std::string& socket, std::vector<std::string> arguments, const std::string& input)
{
  return Child(arguments, {"TOKEND_SOCKET=" + socket, "HOME=/nonexistent", "TZ=UTC"}, input).end();
}

}  // namespace tokend::test
