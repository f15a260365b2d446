#include "client/terminal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <string.h>  // explicit_bzero
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "client/interrupts.hpp"
#include "client/unix_socket.hpp"

namespace tokend::client {
namespace {

constexpr std::size_t kMostSecretBytes = 64 * 1024;
constexpr std::string_view kSpaces = " \t\r";  // that copying from a page brings along

bool write_line(int fd, std::string_view line)
{
  std::string text(line);
  text += '\n';
  const bool written = write_all(fd, text);
  wipe(text);
  return written;
}

// A line without its newline; nothing at the end of the input. Byte by byte: what follows is not ours.
std::optional<std::string> read_line(int interrupts = -1)
{
  std::string line;
  for (char c = '\0'; line.size() < kMostSecretBytes;) {
    if (wait_readable(STDIN_FILENO, interrupts, std::nullopt) == Waited::kInterrupted) {
      wipe(line);
      return std::nullopt;
    }
    const ssize_t count = read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return line.empty() ? std::nullopt : std::optional(std::move(line));
    if (c == '\n') break;
    append_wiping(line, {&c, 1});
  }
  return line;
}

// Echo is off as long as this lives.
class Hidden {
 public:
  Hidden()
  {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    active_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  Hidden(const Hidden&) = delete;
  ~Hidden()
  {
    if (active_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool active_ = false;
};

Outcome<std::string> read_all(int fd, const std::string& what)
{
  std::string bytes;
  std::array<char, 4096> part;
  for (;;) {
    const ssize_t count = read(fd, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(usage(what + " cannot be read: " + std::strerror(errno)));
    if (count == 0) return bytes;
    append_wiping(bytes, {part.data(), static_cast<std::size_t>(count)});
    explicit_bzero(part.data(), part.size());
    if (bytes.size() > kMostSecretBytes) return failed(usage(what + " is longer than 64 KiB"));
  }
}

// Ctrl-C ends the process as ever, but after the echo is back.
std::optional<Secret> ask_unseen(std::string_view question)
{
  std::optional<std::string> line;
  bool interrupted = false;
  {
    const Interrupts interrupts;
    const Hidden hidden;
    write_all(STDERR_FILENO, question);
    line = read_line(interrupts.fd());
    write_all(STDERR_FILENO, "\n");
    interrupted = wait_readable(interrupts.fd(), -1, in_seconds(0)) == Waited::kReady;
  }
  if (interrupted) raise(SIGINT);
  if (!line) return std::nullopt;
  return Secret(std::move(*line));
}

}  // namespace

bool write_all(int fd, std::string_view text)
{
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  return true;
}

Terminal::Terminal(bool no_input, bool quiet, Advice advice)
    : interactive_(!no_input && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)),
      quiet_(quiet),
      advice_(std::move(advice))
{
}

std::size_t Terminal::columns() const
{
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::max<std::size_t>(size.ws_col, 40);
}

void Terminal::print(std::string_view line) const
{
  if (!write_line(STDOUT_FILENO, line))
    throw std::system_error(errno, std::generic_category(), "the result could not be written to stdout");
}

void Terminal::must_say(std::string_view line) const
{
  write_line(STDERR_FILENO, advice_.in(std::string(line)));  // nobody reads: nobody to tell
}

void Terminal::say(std::string_view line) const
{
  if (!quiet_) must_say(line);
}

std::optional<std::string> Terminal::ask(std::string_view question) const
{
  write_all(STDERR_FILENO, question);
  auto line = read_line();
  if (!line) return line;
  line->erase(std::min(line->find_last_not_of(kSpaces) + 1, line->size()));
  line->erase(0, std::min(line->find_first_not_of(kSpaces), line->size()));
  return line;
}

std::optional<Secret> Terminal::ask_secret(std::string_view question) const { return ask_unseen(question); }

bool Terminal::agrees(std::string_view question) const
{
  const auto answer = ask(question);
  return answer && (*answer == "y" || *answer == "yes" || *answer == "Y");
}

void hold_standard_streams()
{
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) == -1) (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest: fd
}

Outcome<Secret> read_secret(const std::string& path, std::string_view question)
{
  if (path == "-" && isatty(STDIN_FILENO) == 1) {
    auto typed = ask_unseen(question);
    if (typed && !typed->empty()) return std::move(*typed);
    return failed(usage("nothing was typed", "an empty file is an empty secret"));
  }
  const FileDescriptor file(path == "-" ? -1 : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (path != "-" && !file) return failed(usage(path + " cannot be opened: " + std::strerror(errno)));
  auto bytes = read_all(path == "-" ? STDIN_FILENO : file.get(), path == "-" ? "stdin" : path);
  if (!bytes) return failed(bytes.error());
  if (bytes->ends_with('\n')) bytes->pop_back();
  if (bytes->ends_with('\r')) bytes->pop_back();
  return Secret(std::move(*bytes));
}

Outcome<std::string> read_stdin() { return read_all(STDIN_FILENO, "stdin"); }

}  // namespace tokend::client
