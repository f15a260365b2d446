#include "client/table.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "client/printable.hpp"

namespace tokend::client {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;
constexpr std::size_t kName = 16;  // a name is shortened to so much before other columns are

std::vector<std::size_t> widths_of(const Row& head, const std::vector<Row>& rows)
{
  std::vector<std::size_t> widths;
  for (const std::string& cell : head.cells) widths.push_back(columns_of(cell));
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(printable(row.cells[i])));
  return widths;
}

std::size_t total_of(const std::vector<std::size_t>& widths)
{
  return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
}

void narrow(std::size_t& width, std::size_t least, std::size_t excess)
{
  if (width > least) width -= std::min(excess, width - least);
}

void fit(std::vector<std::size_t>& widths, std::size_t columns)
{
  const auto excess = [&] { return std::max(total_of(widths), columns) - columns; };
  narrow(widths[0], kName, excess());
  while (excess() > 0) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (*widest <= kNarrowest) break;
    narrow(*widest, kNarrowest, excess());
  }
  narrow(widths[0], kNarrowest, excess());
}

std::string line_of(const Row& row, const std::vector<std::size_t>& widths)
{
  std::string line;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string text = printable(row.cells[i]);
    const std::string cell = i == 0 ? shortened_inside(text, widths[i]) : shortened(text, widths[i]);
    line += cell;
    if (i + 1 < row.cells.size()) line += std::string(widths[i] + kGap - columns_of(cell), ' ');
  }
  return line + "\n";
}

// To the second column, unless a word, such as a name that is told in full, would not fit then.
std::string indent_of(const std::string& note, std::size_t second_column, std::size_t columns)
{
  std::size_t longest = 0;
  std::istringstream words{printable(note)};
  for (std::string word; words >> word;) longest = std::max(longest, columns_of(word));
  return std::string(std::min(second_column, std::max(columns, longest + kGap) - longest), ' ');
}

}  // namespace

std::string table(const Row& head, const std::vector<Row>& rows, std::size_t columns)
{
  std::vector<std::size_t> widths = widths_of(head, rows);
  fit(widths, columns);
  std::string text = line_of(head, widths);
  for (const Row& row : rows) {
    text += line_of(row, widths);
    for (const std::string& note : row.notes)
      text += wrapped(indent_of(note, widths[0] + kGap, columns), note, columns);
  }
  return text;
}

std::string wrapped(const std::string& first, const std::string& text, std::size_t columns)
{
  const std::string indent(columns_of(first), ' ');
  const std::string words = printable(text);
  std::string out, line = first;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string word = words.substr(at, end - at);
    const bool begun = columns_of(line) > indent.size();
    if (begun && columns_of(line) + 1 + columns_of(word) > columns) {
      out += line + "\n";
      line = indent;
    } else if (begun) {
      line += ' ';
    }
    line += word;
    at = end + 1;
  }
  return out + line + "\n";
}

}  // namespace tokend::client
