// The person at the terminal, if there is one: what is said to them on stderr, what they are asked, and secrets from a
// file, from stdin or from a prompt without echo. Results go to stdout and never mix with words.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "client/advice.hpp"
#include "client/failure.hpp"
#include "proto/secret.hpp"

namespace tokend::client {

class Terminal {
 public:
  // no_input: --no-input; quiet: --quiet. advice: how commands are named in what is said.
  Terminal(bool no_input, bool quiet, Advice advice = {});

  bool interactive() const { return interactive_; }  // there is someone to ask
  const Advice& advice() const { return advice_; }   // for a result that names commands: words have it already
  std::size_t columns() const;                       // of stdout where that is a terminal, else 80; at least 40

  void print(std::string_view line) const;     // a result: stdout, with a newline; throws if it cannot be written
  void say(std::string_view line) const;       // words: stderr; nothing with --quiet
  void must_say(std::string_view line) const;  // words that a person cannot do without

  // Only when interactive(). None: the end of the input.
  std::optional<std::string> ask(std::string_view question) const;    // without the spaces around it
  std::optional<Secret> ask_secret(std::string_view question) const;  // not shown
  bool agrees(std::string_view question) const;                       // "y" or "yes"

 private:
  bool interactive_, quiet_;
  Advice advice_;
};

bool write_all(int fd, std::string_view bytes);  // false: errno says why

// Before anything is opened: a standard stream that is closed must not become a socket by chance, and get its results.
void hold_standard_streams();

// A secret of at most 64 KiB from a file, or from stdin ("-"); one newline at its end is not part of it. It may be
// empty, but not where stdin is a terminal: there the question is put, what is typed is unseen, and a bare Enter is a
// mistake.
Outcome<Secret> read_secret(const std::string& path, std::string_view question);
Outcome<std::string> read_stdin();

}  // namespace tokend::client
