#include "client/options.hpp"

#include <algorithm>
#include <charconv>

#include "proto/account_name.hpp"
#include "proto/messages.hpp"

namespace tokend::client {
namespace {

const Option* find(std::span<const Option> options, std::string_view word)
{
  const auto is_meant = [&](const Option& option) {
    return option.name == word || (option.letter && word.size() == 2 && word[0] == '-' && word[1] == option.letter);
  };
  const auto found = std::ranges::find_if(options, is_meant);
  return found == options.end() ? nullptr : &*found;
}

// What a slip of the finger made of it, else what it is the beginning or a long enough part of.
std::vector<std::string> similar_options(std::span<const Option> options, std::string_view word)
{
  const std::string_view wanted = word.substr(std::min<std::size_t>(2, word.size()));
  constexpr std::size_t kTelling = 3;  // letters: "id" is a part of too much
  std::vector<std::string> names, longer;
  for (const Option& option : options) {
    if (option.use == Option::Use::kLater) continue;
    names.emplace_back(option.name.substr(2));
    const bool is_part = wanted.size() >= kTelling && names.back().contains(wanted);
    if (is_part || (!wanted.empty() && names.back().starts_with(wanted))) longer.push_back(names.back());
  }
  const auto slips = similar_names(wanted, names);
  return slips.empty() ? longer : slips;
}

Failure unknown(std::span<const Option> options, std::string_view word)
{
  const auto similar = similar_options(options, word);
  std::string reason = "there is no option " + std::string(word) + " here";
  for (std::size_t i = 0; i < similar.size(); ++i) reason += (i == 0 ? ", did you mean --" : " or --") + similar[i];
  if (!similar.empty()) reason += "?";
  return usage(std::move(reason));
}

}  // namespace

std::optional<std::string> Arguments::value(std::string_view name) const
{
  const auto found = std::find_if(given_.rbegin(), given_.rend(), [&](const Given& one) { return one.name == name; });
  return found == given_.rend() ? std::nullopt : std::optional(found->value);
}

std::vector<std::string> Arguments::values(std::string_view name) const
{
  std::vector<std::string> all;
  for (const Given& one : given_)
    if (one.name == name) all.push_back(one.value);
  return all;
}

Outcome<std::optional<std::int64_t>> Arguments::seconds(std::string_view name) const
{
  const auto text = value(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < 0)
    return failed(usage(std::string(name) + " takes a whole number of seconds, not '" + *text + "'"));
  return std::min(number, wire::kMostSeconds);
}

Outcome<Arguments> parse(std::span<const Option> options, std::span<const std::string> line)
{
  Arguments arguments;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const std::string_view word = line[at];
    if (word == "--") {
      arguments.words.insert(arguments.words.end(), line.begin() + static_cast<std::ptrdiff_t>(at) + 1, line.end());
      break;
    }
    if (!word.starts_with('-') || word == "-") {
      arguments.words.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const Option* option = find(options, word.substr(0, equals));
    if (!option) return failed(unknown(options, word.substr(0, equals)));
    const std::string name(option->name);
    if (option->use == Option::Use::kLater) return failed(usage(name + " is not in this version of tokenctl yet"));
    if (option->use == Option::Use::kOnce && !option->value.empty() && arguments.has(name))
      return failed(usage(name + " is given twice"));
    std::string value;
    if (option->value.empty()) {
      if (equals != word.npos) return failed(usage(name + " takes no value"));
    } else if (equals != word.npos) {
      value = word.substr(equals + 1);
    } else if (at + 1 < line.size()) {
      value = line[++at];
    } else {
      return failed(usage(name + " needs a value: " + name + " " + std::string(option->value)));
    }
    arguments.given_.push_back({option->name, std::move(value)});
  }
  return arguments;
}

}  // namespace tokend::client
