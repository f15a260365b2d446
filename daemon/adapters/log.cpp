#include "daemon/adapters/log.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>

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

// Length of the well-formed UTF-8 sequence at the front of text, 0 if there is none. Two-byte C1 controls are none.
std::size_t utf8_length(std::string_view text)
{
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0), second = byte(1);
  if (first >= 0x20 && first < 0x7F) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) && !(first == 0xC2 && second < 0xA0) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string escape_controls(std::string_view text)
{
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
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
