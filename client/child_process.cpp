#include "client/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "proto/error_codes.hpp"

namespace tokend::client {
namespace {

Failure broken(std::string reason)
{
  return {.error = std::string(names_of(ErrorCode::kInternal).http), .reason = std::move(reason)};
}

Failure not_started(const std::string& program, int error)
{
  Failure failure = broken(program + " cannot be started: " + std::strerror(error));
  failure.exit = error == ENOENT ? exit_code::kNotFound : exit_code::kNotExecutable;
  failure.next = "install " + program + ", or put its folder into PATH";
  return failure;
}

// In the child: becomes the program, or tells the parent through `report` why it could not.
[[noreturn]] void become(const std::vector<char*>& line, const ChildProcess::Descriptors& descriptors, int report)
{
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int fd : descriptors.handed_on) fcntl(fd, F_SETFD, 0);
  dup2(descriptors.out, STDOUT_FILENO);
  dup2(descriptors.err, STDERR_FILENO);
  execvp(line[0], line.data());
  const int error = errno;
  static_cast<void>(!write(report, &error, sizeof error));
  _exit(exit_code::kNotFound);
}

// 0 once the program runs: the report's write end closes at a successful exec.
int reported_error(const FileDescriptor& report)
{
  int error = 0;
  ssize_t count = 0;
  do count = read(report.get(), &error, sizeof error);
  while (count < 0 && errno == EINTR);
  return count == sizeof error ? error : 0;
}

}  // namespace

Outcome<Pipe> make_pipe()
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failed(broken(std::string("no pipe can be made: ") + std::strerror(errno)));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Outcome<ChildProcess> ChildProcess::start(const std::vector<std::string>& line, const Descriptors& descriptors)
{
  auto report = make_pipe();
  if (!report) return failed(report.error());
  std::vector<char*> words;
  for (const std::string& word : line) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return failed(broken(std::string("no process can be started: ") + std::strerror(errno)));
  if (pid == 0) become(words, descriptors, report->write_end.get());
  report->write_end = FileDescriptor();
  ChildProcess child(pid);
  if (const int error = reported_error(report->read_end)) return failed(not_started(line.front(), error));
  return child;
}

ChildProcess::~ChildProcess()
{
  if (pid_ < 0) return;
  signal(SIGTERM);
  wait();
}

void ChildProcess::signal(int number) const
{
  if (pid_ >= 0) kill(pid_, number);
}

int ChildProcess::wait()
{
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tokend::client
