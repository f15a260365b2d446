#include "daemon/core/config.hpp"

#include <algorithm>
#include <expected>
#include <iterator>
#include <utility>

// toml++ 3.3 asserts that a table's name begins well ("[=" does not) and handles it well if the assertion is gone; with
// NDEBUG some compilers are told to assume it instead. What a person typed is no reason to abort.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace tokend {
namespace {

using Read = std::expected<void, std::string>;  // or what is wrong with the value: "must be ..."

std::unexpected<std::string> must(std::string what) { return std::unexpected("must " + std::move(what)); }

template <class Number> Read read_number(const toml::node& node, Number& value, std::int64_t least, std::int64_t most)
{
  const auto written = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
  if (!written || *written < least || *written > most)
    return must("be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  value = Number(*written);
  return {};
}

// "auto" and "off" by the names that this key has for them, or an argv.
struct StarterWords {
  std::string_view automatic, off;
};

Read read_starter(const toml::node& node, const StarterWords& words, Starter& starter)
{
  const auto word = node.value<std::string_view>();
  if (word == words.automatic) starter = {.mode = Starter::Mode::kAuto};
  else if (word == words.off) starter = {.mode = Starter::Mode::kOff};
  else if (const toml::array* argv = node.as_array(); argv && !argv->empty() && argv->is_homogeneous<std::string>()) {
    starter = {.mode = Starter::Mode::kCommand};
    for (const toml::node& argument : *argv) starter.command.push_back(argument.ref<std::string>());
    if (starter.command.front().empty()) return must("name a program first");
  } else {
    return must("be \"" + std::string(words.automatic) + "\", \"" + std::string(words.off) +
                "\" or a list of a program and its arguments");
  }
  return {};
}

Read read_log_level(const toml::node& node, Config& config)
{
  const auto level = log_level_from(node.value<std::string_view>().value_or(""));
  if (!level) return must("be \"error\", \"warn\", \"info\" or \"debug\"");
  config.log_level = *level;
  return {};
}

Read read_keep_alive(const toml::node& node, Config& config)
{
  if (!node.is_boolean()) return must("be true or false");
  config.keep_alive = node.ref<bool>();
  return {};
}

Read read_ca_file(const toml::node& node, Config& config)
{
  const auto path = node.value<std::string>();
  if (!path || !path->starts_with('/')) return must("be an absolute path");
  config.ca_file = *path;
  config.ca_file_line = static_cast<int>(node.source().begin.line);
  return {};
}

struct Setting {
  std::string_view key;
  Read (*read)(const toml::node&, Config&);
};

constexpr Setting kSettings[] = {
    {"log_level", read_log_level},
    {"login.redirect_port", [](const toml::node& n, Config& c) { return read_number(n, c.redirect_port, 1, 65535); }},
    {"login.timeout_s", [](const toml::node& n, Config& c) { return read_number(n, c.login_timeout, 1, 86400); }},
    {"login.browser", [](const toml::node& n, Config& c) { return read_starter(n, {"auto", "never"}, c.browser); }},
    {"refresh.idle_days", [](const toml::node& n, Config& c) { return read_number(n, c.idle_days, 1, 36500); }},
    {"refresh.keep_alive", read_keep_alive},
    {"notify.mode", [](const toml::node& n, Config& c) { return read_starter(n, {"desktop", "off"}, c.notify); }},
    {"network.ca_file", read_ca_file},
    {"limits.connections", [](const toml::node& n, Config& c) { return read_number(n, c.connections, 1, 65536); }},
    {"limits.connections_per_uid",
     [](const toml::node& n, Config& c) { return read_number(n, c.connections_per_uid, 1, 65536); }},
};

constexpr std::string_view kSections[] = {"login", "refresh", "notify", "network", "limits"};
constexpr std::string_view kLater[] = {"policy", "socket", "vault"};

// The end of the string that begins at `from`, or of its line where it does not end.
std::size_t end_of_string(std::string_view text, std::size_t from)
{
  const char quote = text[from];
  const std::string thrice(3, quote);
  const bool multi_line = text.substr(from).starts_with(thrice);
  const std::string_view delimiter = std::string_view(thrice).substr(0, multi_line ? 3 : 1);
  for (std::size_t at = from + delimiter.size(); at < text.size(); ++at) {
    if (!multi_line && text[at] == '\n') return at;
    if (quote == '"' && text[at] == '\\') ++at;
    else if (text.substr(at).starts_with(delimiter))
      return std::min(text.find_first_not_of(quote, at + delimiter.size()), text.size());
  }
  return text.size();
}

// toml++ 3.3 runs into undefined behaviour where it meets a character outside ASCII anywhere but in a string or
// comment: also when it passes over the rest of a mistake. So mistakes are looked for in a text without such characters
// first; what has none of them may have such characters where it has strings and comments, and nowhere else.
std::string in_ascii(std::string_view text)
{
  std::string plain(text);
  std::ranges::replace_if(plain, [](char c) { return c < 0; }, 'x');
  return plain;
}

// The position of such a character elsewhere, or npos.
std::size_t find_stray_character(std::string_view text)
{
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '#') at = std::min(text.find('\n', at), text.size());
    else if (c == '"' || c == '\'') at = end_of_string(text, at);
    else if (c < 0 || c > '~') return at;
    else ++at;
  }
  return std::string_view::npos;
}

// A backslash at a line's end takes the white space behind it away, and toml++ 3.3 asks the next character in the same
// undefined way whether it is any. The position of one outside ASCII there, or npos.
std::size_t find_joined_character(std::string_view text)
{
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 1)) {
    const std::size_t next = std::min(text.find_first_not_of(" \t\r\n", at + 1), text.size());
    const bool joins = text.substr(at, next - at).contains('\n');
    if (joins && next < text.size() && text[next] < 0) return next;
  }
  return std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  Result<Config> read(std::string_view text)
  {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (const auto plain = toml::parse(in_ascii(text), file_); !plain) return wrong(plain.error());
    if (const std::size_t stray = find_stray_character(text); stray != std::string_view::npos)
      return wrong(1 + std::ranges::count(text.substr(0, stray), '\n'), "a character that only a string may have");
    if (const std::size_t joined = find_joined_character(text); joined != std::string_view::npos)
      return wrong(1 + std::ranges::count(text.substr(0, joined), '\n'),
                   "a character that cannot be joined to the line before by a backslash");
    const toml::parse_result parsed = toml::parse(text, file_);
    if (!parsed) return wrong(parsed.error());
    for (const auto& [key, node] : parsed.table())
      if (auto done = read_top(key, node); !done) return fail(done.error());
    return std::move(config_);
  }

 private:
  std::unexpected<Error> wrong(const toml::source_region& where, std::string sentence) const
  {
    return wrong(std::ptrdiff_t{where.begin.line}, std::move(sentence));
  }

  std::unexpected<Error> wrong(const toml::parse_error& error) const
  {
    return wrong(error.source(), std::string(error.description()));
  }

  std::unexpected<Error> wrong(std::ptrdiff_t line, std::string sentence) const
  {
    std::string place = file_ + ":" + std::to_string(line) + ": ";
    return fail(ErrorCode::kInvalidParameter, std::move(place) + std::move(sentence));
  }

  Result<void> read_top(const toml::key& key, const toml::node& node)
  {
    if (std::ranges::find(kLater, key.str()) != std::end(kLater))
      return wrong(key.source(), "[" + std::string(key.str()) + "] is not supported by this version");
    if (std::ranges::find(kSections, key.str()) == std::end(kSections))
      return read_setting(std::string(key.str()), key, node);
    const toml::table* section = node.as_table();
    if (!section)
      return wrong(key.source(), std::string(key.str()) + " must be a section, [" + std::string(key.str()) + "]");
    for (const auto& [name, value] : *section) {
      const std::string full = std::string(key.str()) + "." + std::string(name.str());
      if (auto done = read_setting(full, name, value); !done) return done;
    }
    return {};
  }

  Result<void> read_setting(const std::string& full, const toml::key& key, const toml::node& node)
  {
    const auto setting = std::ranges::find(kSettings, full, &Setting::key);
    if (setting == std::end(kSettings)) return wrong(key.source(), "there is no setting " + full);
    if (const Read read = setting->read(node, config_); !read) return wrong(key.source(), full + " " + read.error());
    return {};
  }

  std::string file_;
  Config config_;
};

}  // namespace

std::optional<LogLevel> log_level_from(std::string_view name)
{
  if (name == "error") return LogLevel::kError;
  if (name == "warn") return LogLevel::kWarn;
  if (name == "info") return LogLevel::kInfo;
  if (name == "debug") return LogLevel::kDebug;
  return std::nullopt;
}

std::vector<std::string> needs_restart(const Config& running, const Config& fresh)
{
  std::vector<std::string> keys;
  if (running.idle_days != fresh.idle_days) keys.emplace_back("refresh.idle_days");
  if (running.keep_alive != fresh.keep_alive) keys.emplace_back("refresh.keep_alive");
  if (running.ca_file != fresh.ca_file) keys.emplace_back("network.ca_file");
  if (running.connections != fresh.connections) keys.emplace_back("limits.connections");
  if (running.connections_per_uid != fresh.connections_per_uid) keys.emplace_back("limits.connections_per_uid");
  return keys;
}

Result<Config> parse_config(std::string_view text, std::string_view file) { return Reader(file).read(text); }

}  // namespace tokend
