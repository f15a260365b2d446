// Notices as runs of a real program, which answers through a FIFO.
#include "daemon/adapters/command_notifier.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <chrono>

#include "proto/file_descriptor.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;
using tokend::test::Contains;

namespace {

struct Told {
  Told()
  {
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    answers.emplace(loop.context(), ::open(fifo.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  }
  // Runs the loop until a line has come.
  std::string line_of(asio::posix::stream_descriptor& from)
  {
    std::string line;
    std::array<char, 4096> part;
    const auto receive = [&](auto& self) -> void {
      from.async_read_some(asio::buffer(part), [&](const std::error_code&, std::size_t size) {
        line.append(part.data(), size);
        line.ends_with('\n') ? loop.stop() : self(self);
      });
    };
    receive(receive);
    loop.run();
    return line;
  }
  void run(const std::string& script)
  {
    config.notify = {Starter::Mode::kCommand, {"sh", "-c", script + " > " + fifo}};
    notifier.tell(notice);
  }
  std::string answer() { return line_of(*answers); }

  TemporaryDirectory directory;
  std::string fifo = directory / "answers";
  std::array<int, 2> pipe{-1, -1};
  const bool piped = ::pipe2(pipe.data(), O_CLOEXEC) == 0;
  AsioLoop loop;
  Log log{LogLevel::kInfo, pipe[1], false};
  asio::posix::stream_descriptor words{loop.context(), pipe[0]};
  std::optional<asio::posix::stream_descriptor> answers;
  Config config;
  CommandNotifier notifier{loop, log, config};
  const Notice notice{"mail", "signed_out", "mail needs a login, asked by git (unverified)", "tokenctl login mail"};
};

TEST_CASE_METHOD(Told, "the command is told account, cause, reason and next step in its environment")
{
  run(R"(echo "$TOKEND_ACCOUNT, $TOKEND_CAUSE, $TOKEND_REASON, $TOKEND_NEXT")");
  CHECK(answer() == "mail, signed_out, mail needs a login, asked by git (unverified), tokenctl login mail\n");
}

TEST_CASE_METHOD(Told, "what was meant for tokend alone is not passed on")
{
  ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
  ::setenv("TOKEND_STATE_DIR", "/state", 1);
  run("env | grep -cE '^(NOTIFY_SOCKET|TOKEND_STATE_DIR)='");
  CHECK(answer() == "0\n");
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("TOKEND_STATE_DIR");
}

TEST_CASE_METHOD(Told, "the command has nothing to read, no descriptor of the daemon's, and no signal blocked")
{
  run("echo $(cat; ls -l /proc/self/fd | grep -c anon_inode; grep SigBlk /proc/self/status)");
  CHECK(answer() == "0 SigBlk: 0000000000000000\n");
}

TEST_CASE_METHOD(Told, "not even a descriptor that a library has opened to be inherited")
{
  const FileDescriptor heritable(::open("/proc/self/status", O_RDONLY));
  run("echo $(ls -l /proc/self/fd | grep -c /status)");
  CHECK(answer() == "0\n");
}

TEST_CASE_METHOD(Told, "every notice is a line of the log, with what to do")
{
  config.notify.mode = Starter::Mode::kOff;
  notifier.tell(notice);
  CHECK_THAT(line_of(words), Contains("mail needs a login, asked by git (unverified): tokenctl login mail"));
}

TEST_CASE_METHOD(Told, "a command that is not there is said in the log, and nothing else happens")
{
  config.notify = {Starter::Mode::kCommand, {"/nowhere/notify"}};
  log.set_threshold(LogLevel::kWarn);
  notifier.tell(notice);
  CHECK_THAT(line_of(words), Contains("notify.mode: /nowhere/notify: No such file or directory"));
}

TEST_CASE_METHOD(Told, "a command that fails is said in the log, though the configuration has changed since")
{
  log.set_threshold(LogLevel::kWarn);
  config.notify = {Starter::Mode::kCommand, {"sh", "-c", "exit 3"}};
  notifier.tell(notice);
  config.notify = {};
  CHECK_THAT(line_of(words), Contains("notify.mode: sh ended with 3"));
}

TEST_CASE_METHOD(Told, "commands that do not end are not piled up")
{
  const std::string gate_path = directory / "gate";
  REQUIRE(::mkfifo(gate_path.c_str(), 0600) == 0);
  const FileDescriptor gate(::open(gate_path.c_str(), O_RDWR | O_CLOEXEC));
  log.set_threshold(LogLevel::kWarn);
  config.notify = {Starter::Mode::kCommand,
                   {"sh", "-c", "exec 3< " + gate_path + "; echo > " + fifo + "; read go <&3"}};
  for (std::size_t n = 0; n < CommandNotifier::kMostRunning; ++n) notifier.tell(notice);
  for (std::size_t running = 0; running < CommandNotifier::kMostRunning;) running += answer().size();
  notifier.tell(notice);
  CHECK_THAT(line_of(words), Contains("left out"));
  const std::string go(CommandNotifier::kMostRunning, '\n');
  CHECK(::write(gate.get(), go.data(), go.size()) == 8);
}

}  // namespace
