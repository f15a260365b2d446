// The status that an API answered with, out of the headers that curl writes down: that of the first answer that is not
// an interim one (RFC 9110 section 15.2). Later ones, behind redirects, may come from hosts that were shown no token.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tokend::client {

class ResponseStatus {
 public:
  void read(std::string_view bytes);  // the next of the headers, cut anywhere
  std::optional<int> status() const { return status_; }

 private:
  void read_line(std::string_view line);

  std::string line_;  // as far as it has come
  std::optional<int> status_;
};

}  // namespace tokend::client
