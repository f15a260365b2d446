#include "client/curl/response_status.hpp"

#include <algorithm>
#include <charconv>

namespace tokend::client {

void ResponseStatus::read(std::string_view bytes)
{
  while (!status_ && !bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    line_.append(bytes.substr(0, end));
    bytes.remove_prefix(end);
    if (bytes.empty()) return;
    bytes.remove_prefix(1);
    read_line(line_);
    line_.clear();
  }
}

// RFC 9112 section 4: "HTTP/1.1 401 Unauthorized"; curl writes "HTTP/2 401 " too.
void ResponseStatus::read_line(std::string_view line)
{
  const std::size_t space = line.find(' ');
  if (!line.starts_with("HTTP/") || space == line.npos) return;
  int number = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), number);
  if (number >= 200) status_ = number;
}

}  // namespace tokend::client
