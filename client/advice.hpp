// Advice that names a command of tokenctl has to reach the daemon that this command reached: `--socket PATH`, `--user`
// or `--system`, where they were given, are put into every such command, whoever wrote the sentence. It knows no
// sentences: a command is "tokenctl " and the name of a command, wherever that stands.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::client {

class Advice {
 public:
  Advice() = default;
  // reach: the options, as they are typed; commands: the names.
  Advice(std::string reach, std::vector<std::string_view> commands);

  std::string in(std::string text) const;

 private:
  std::string reach_;  // empty: every command finds the daemon by itself
  std::vector<std::string_view> commands_;
};

// "--socket '/a b'", "--system" or nothing, of what stands on a command line before its "--".
std::string reach_of(std::span<const std::string> line);

// For a POSIX shell: as it is where that is safe, else in single quotes.
std::string shell_word(std::string_view);

}  // namespace tokend::client
