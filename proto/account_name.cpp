#include "proto/account_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t kMostSimilar = 3;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// How many insertions, deletions, substitutions and swaps of neighbours lead from one to the other.
std::size_t edits_between(std::string_view a, std::string_view b)
{
  std::vector<std::size_t> before_last, last, row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

bool is_account_name(std::string_view name)
{
  if (name.empty() || name.size() > 64 || !is_letter_or_digit(name.front())) return false;
  return std::ranges::all_of(name,
                             [](char c) { return is_letter_or_digit(c) || std::string_view("._@+-").contains(c); });
}

std::vector<std::string> similar_names(std::string_view wanted, std::span<const std::string> known)
{
  if (!is_account_name(wanted)) return {};  // also bounds the work
  const std::size_t most_edits = wanted.size() < 4 ? 1 : 2;
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& name : known) {
    const std::size_t edits = name.size() <= 64 ? edits_between(wanted, name) : most_edits + 1;
    if (edits > 0 && edits <= most_edits) near.emplace_back(edits, name);
  }
  std::ranges::sort(near);
  std::vector<std::string> names;
  for (auto& [edits, name] : near)
    if (names.size() < kMostSimilar) names.push_back(std::move(name));
  return names;
}

}  // namespace tokend
