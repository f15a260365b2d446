#include "client/advice.hpp"

#include <algorithm>

#include "client/printable.hpp"

namespace tokend::client {
namespace {

constexpr std::string_view kProgram = "tokenctl ";

std::string_view word_at(std::string_view text, std::size_t at)
{
  const std::string_view rest = text.substr(at);
  return rest.substr(0, rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
}

}  // namespace

Advice::Advice(std::string reach, std::vector<std::string_view> commands)
    : reach_(std::move(reach)), commands_(std::move(commands))
{
}

std::string Advice::in(std::string text) const
{
  if (reach_.empty()) return text;
  for (std::size_t at = text.find(kProgram); at != text.npos; at = text.find(kProgram, at)) {
    at += kProgram.size();
    const std::string_view command = word_at(text, at);
    const bool is_help = text.substr(at + command.size()).starts_with(" --help");  // that asks no daemon
    if (is_help || std::ranges::find(commands_, command) == commands_.end()) continue;
    text.insert(at, reach_ + " ");
  }
  return text;
}

std::string reach_of(std::span<const std::string> line)
{
  constexpr std::string_view kSocket = "--socket", kWithValue = "--socket=";
  std::string reach;
  for (std::size_t i = 0; i < line.size() && line[i] != "--"; ++i) {
    if (line[i] == "--user" || line[i] == "--system") reach = line[i];
    else if (line[i].starts_with(kWithValue)) return "--socket " + shell_word(line[i].substr(kWithValue.size()));
    else if (line[i] == kSocket && i + 1 < line.size()) return "--socket " + shell_word(line[i + 1]);
  }
  return reach;
}

std::string shell_word(std::string_view word)
{
  const auto is_safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:@%+=,").contains(c);
  };
  const std::string text = printable(word);
  if (!text.empty() && std::ranges::all_of(text, is_safe)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace tokend::client
