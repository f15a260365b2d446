// Reads a command line by a table. Not CLI11: one constant table a command serves parsing and help alike, and nothing
// is built up at start, which callers wait for at every token.
//
// Options may stand before or after the other words; "--" ends them; "--name value" and "--name=value" are the same.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"

namespace tokend::client {

struct Option {
  enum class Use { kOnce, kRepeated, kLater };  // kLater: known, and refused in this version

  std::string_view name;   // "--scope"
  std::string_view value;  // what stands for its value in the help; empty: it has none
  std::string_view help = {};
  Use use = Use::kOnce;
  char letter = '\0';  // "-q"
};

class Arguments {
 public:
  bool has(std::string_view name) const { return value(name).has_value(); }
  std::optional<std::string> value(std::string_view name) const;  // of the last time it was given
  std::vector<std::string> values(std::string_view name) const;
  Outcome<std::optional<std::int64_t>> seconds(std::string_view name) const;  // a whole number, not negative

  std::vector<std::string> words;  // what is no option, in order

 private:
  friend Outcome<Arguments> parse(std::span<const Option>, std::span<const std::string>);
  struct Given {
    std::string_view name;
    std::string value;
  };
  std::vector<Given> given_;
};

// A mistake is usage(): unknown, given twice, without its value or with one too many, or not in this version.
Outcome<Arguments> parse(std::span<const Option>, std::span<const std::string>);

}  // namespace tokend::client
