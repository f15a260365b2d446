#include "tests/sim/shrink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace tokend::sim {
namespace {

constexpr int kMostReplays = 2000;

// "operation 812: account3: I4: a token ..." -> "I4"; without such a name the whole text.
std::string invariant_of(const std::string& violation)
{
  for (std::size_t at = violation.find("I"); at != std::string::npos; at = violation.find("I", at + 1))
    if (at + 2 < violation.size() && violation[at + 2] == ':') return violation.substr(at, 3);
  return violation.substr(violation.find(": ") + 2);
}

bool fails(const Script& script, const std::string& invariant)
{
  const Outcome outcome = Simulation(script).run();
  return std::ranges::any_of(outcome.violations, [&](const auto& one) { return one.contains(invariant); });
}

std::set<long> without(const std::set<long>& all, std::size_t from, std::size_t count)
{
  std::set<long> rest;
  std::size_t at = 0;
  for (const long one : all) {
    if (at < from || at >= from + count) rest.insert(one);
    ++at;
  }
  return rest;
}

}  // namespace

std::set<long> shrink(std::uint64_t seed, long operations, const std::string& violation, const std::string& expected)
{
  const std::string invariant = invariant_of(violation);
  std::set<long> kept;
  for (long i = 0; i < operations; ++i) kept.insert(kept.end(), i);
  int replays = 0;
  for (std::size_t piece = kept.size() / 2; piece > 0; piece /= 2)
    for (std::size_t from = 0; from < kept.size() && replays < kMostReplays; ++replays) {
      auto fewer = without(kept, from, piece);
      if (fails({.seed = seed, .operations = operations, .only = fewer, .expected = expected}, invariant))
        kept = std::move(fewer);
      else from += piece;
    }
  return kept;
}

std::string ranges_of(const std::set<long>& numbers)
{
  std::string text;
  for (auto one = numbers.begin(); one != numbers.end();) {
    const long first = *one;
    long last = first;
    while (++one != numbers.end() && *one == last + 1) last = *one;
    text += fmt::format("{}{}", text.empty() ? "" : ",", first);
    if (last > first) text += fmt::format("-{}", last);
  }
  return text;
}

std::optional<std::set<long>> read_ranges(const std::string& text)
{
  std::set<long> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    long first = 0;
    auto parsed = std::from_chars(at, end, first);
    if (parsed.ec != std::errc()) return std::nullopt;
    long last = first;
    if (parsed.ptr < end && *parsed.ptr == '-') parsed = std::from_chars(parsed.ptr + 1, end, last);
    if (parsed.ec != std::errc() || (parsed.ptr < end && *parsed.ptr != ',')) return std::nullopt;
    for (; first <= last; ++first) numbers.insert(first);
    at = parsed.ptr + 1;
  }
  return numbers;
}

}  // namespace tokend::sim
