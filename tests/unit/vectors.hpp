// Vectors: one case a line, a verdict, a space, the text. <0D> stands for the byte 0x0D; '#' begins a comment line.
#pragma once
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace tokend::test {

struct Vector {
  std::string verdict, text, line;  // line: as it stands in the file
};

inline std::string unescape(const std::string& text)
{
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    const bool escape = text[at] == '<' && at + 3 < text.size() && text[at + 3] == '>' &&
                        std::from_chars(&text[at + 1], &text[at + 3], byte, 16).ptr == &text[at + 3];
    out += escape ? static_cast<char>(byte) : text[at];
    if (escape) at += 3;
  }
  return out;
}

inline std::vector<Vector> load_vectors(const std::string& name)
{
  std::ifstream file(std::string(TOKEND_VECTORS "/") + name);
  REQUIRE(file.good());
  std::vector<Vector> vectors;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    vectors.push_back({line.substr(0, space), space == line.npos ? "" : unescape(line.substr(space + 1)), line});
  }
  REQUIRE(!vectors.empty());
  return vectors;
}

}  // namespace tokend::test
