// Writes small JSON objects whose bytes depend on their content alone: members sorted by name, no white space, and what
// is empty or false left out. For records that are sealed and compared; the wire has a writer of its own in proto/.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

class CanonicalJson {
 public:
  CanonicalJson& text(std::string_view name, std::string_view value);
  CanonicalJson& list(std::string_view name, const std::vector<std::string>& values);
  CanonicalJson& texts(std::string_view name, const std::map<std::string, std::string>& values);
  CanonicalJson& flag(std::string_view name, bool value);
  std::string str() const;

 private:
  std::map<std::string, std::string> members_;  // name -> value as JSON
};

}  // namespace tokend
