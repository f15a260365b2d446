// Log: one line a message on stderr, for a person or the journal. No secret can reach it: it takes text that is already
// formatted, and Secret cannot be formatted. Control characters are escaped, so nobody's bytes forge a line or a
// colour. It is passed by reference; there is no global one. Loop thread or worker: a line is one write(2), of at most
// PIPE_BUF bytes, and it waits for nobody: a line that finds no room is left out.
#pragma once
#include <string>
#include <string_view>

#include "daemon/core/log_level.hpp"

namespace tokend {

class Log {
 public:
  // Journal prefixes ("<6>") stand before each line where stderr is the journal's stream (JOURNAL_STREAM names it).
  explicit Log(LogLevel threshold);
  Log(LogLevel threshold, int fd, bool prefixes) : threshold_(threshold), fd_(fd), prefixes_(prefixes) {}

  void error(std::string_view sentence) const { write(LogLevel::kError, sentence); }
  void warn(std::string_view sentence) const { write(LogLevel::kWarn, sentence); }
  void info(std::string_view sentence) const { write(LogLevel::kInfo, sentence); }
  void debug(std::string_view sentence) const { write(LogLevel::kDebug, sentence); }

  // Whatever the level: "tokend: ready on PATH" is what programs wait for.
  void always(std::string_view sentence) const;
  void set_threshold(LogLevel threshold) { threshold_ = threshold; }
  bool shows(LogLevel level) const { return level <= threshold_; }  // before costly formatting

 private:
  void write(LogLevel, std::string_view sentence) const;
  void put(LogLevel, std::string_view sentence) const;

  LogLevel threshold_;
  int fd_;
  bool prefixes_;
};

// Control characters, DEL and bytes that are not UTF-8 as \xNN.
std::string escape_controls(std::string_view text);

}  // namespace tokend
