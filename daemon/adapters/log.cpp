#include "daemon/adapters/log.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "proto/utf8.hpp"

namespace tokend {
namespace {

constexpr std::string_view kCut = " ...";

// A terminal that was stopped, or a pipe that nobody empties, would else stop the daemon.
bool takes_a_line(int fd)
{
  pollfd output{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&output, 1, 0) > 0;
}

// systemd sets JOURNAL_STREAM to "DEVICE:INODE" of the stream that it connected; a child may have redirected it since.
bool stderr_is_the_journal()
{
  const char* const announced = ::getenv("JOURNAL_STREAM");
  struct stat status{};
  if (announced == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == announced;
}

// Length of the character at the front, if it may be shown as it is; 0: a control character (C0, DEL, C1), or no UTF-8.
std::size_t showable_length(std::string_view text)
{
  const std::size_t length = utf8_length(text, 0);
  const bool control = length == 1 && (text[0] < 0x20 || text[0] == 0x7F);
  const bool c1 = length == 2 && text[0] == '\xC2' && (text[1] & 0xFF) < 0xA0;
  return control || c1 ? 0 : length;
}

}  // namespace

std::string escape_controls(std::string_view text)
{
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = showable_length(text);
    if (length == 0) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    else shown += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

Log::Log(LogLevel threshold) : Log(threshold, STDERR_FILENO, stderr_is_the_journal()) {}

void Log::always(std::string_view sentence) const
{
  put(LogLevel::kInfo, prefixes_ ? fmt::format("tokend: {}", sentence) : std::string(sentence));
}

void Log::write(LogLevel level, std::string_view sentence) const
{
  if (shows(level)) put(level, sentence);
}

void Log::put(LogLevel level, std::string_view sentence) const
{
  std::string line = prefixes_ ? fmt::format("<{}>", static_cast<int>(level)) : std::string("tokend: ");
  line += escape_controls(sentence);
  if (line.size() >= PIPE_BUF) line.replace(PIPE_BUF - kCut.size() - 1, line.npos, kCut);
  line += '\n';
  if (!takes_a_line(fd_)) return;
  [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());  // there is nobody to tell
}

}  // namespace tokend
