// Lines of columns, two spaces apart, as wide as what stands in them. Cells are made printable here.
#pragma once
#include <string>
#include <vector>

namespace tokend::client {

struct Row {
  std::vector<std::string> cells;
  std::vector<std::string> notes = {};  // whole lines below, indented to the second column and wrapped
};

// One string with a newline after each line, at most `columns` wide where the first column allows: names are never cut,
// other cells are, the widest first.
std::string table(const Row& head, const std::vector<Row>& rows, std::size_t columns);

// Words of `text` in lines of at most `columns`; the first line has `first` before it, others as many spaces.
std::string wrapped(const std::string& first, const std::string& text, std::size_t columns);

}  // namespace tokend::client
