// Lines of columns, two spaces apart, as wide as what stands in them. Cells are made printable here.
#pragma once
#include <string>
#include <vector>

namespace tokend::client {

struct Row {
  std::vector<std::string> cells;
  std::vector<std::string> notes = {};  // whole lines below, indented to the second column and wrapped
};

// One string with a newline after each line, at most `columns` wide: names, in the first column, lose their middle
// beyond 16, then other cells their ends, the widest first, down to 8. Notes tell names in full.
std::string table(const Row& head, const std::vector<Row>& rows, std::size_t columns);

// Words of `text` in lines of at most `columns`; the first line has `first` before it, others as many spaces.
std::string wrapped(const std::string& first, const std::string& text, std::size_t columns);

}  // namespace tokend::client
