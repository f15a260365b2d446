#include "client/curl/curl_arguments.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <ranges>

#include "client/curl/curl_options.hpp"

namespace tokend::client {
namespace {

using Takes = CurlOption::Takes;

constexpr std::string_view kFormMarks = "@<=,;\"";

bool can_be_read_twice(const std::string& path)
{
  struct stat file{};
  if (path == "-" || path == ".") return false;  // stdin
  return stat(path.c_str(), &file) != 0 || S_ISREG(file.st_mode) || S_ISDIR(file.st_mode);
}

// A form names files amid other things; whatever looks like one is taken for one.
bool can_be_sent_twice(Takes takes, std::string_view value)
{
  if (takes == Takes::kUpload) return can_be_read_twice(std::string(value));
  if (takes == Takes::kData || takes == Takes::kHeader)
    return !value.starts_with('@') || can_be_read_twice(std::string(value.substr(1)));
  if (takes != Takes::kForm || value.find_first_of("@<") == value.npos) return true;
  while (!value.empty()) {
    const std::string_view piece = value.substr(0, value.find_first_of(kFormMarks));
    if (!piece.empty() && !can_be_read_twice(std::string(piece))) return false;
    value.remove_prefix(std::min(piece.size() + 1, value.size()));
  }
  return true;
}

bool names_header(std::string_view header, std::string_view name)
{
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const std::string_view its = header.substr(0, header.find_first_of(":; \t"));
  return std::ranges::equal(its, name, same);
}

Outcome<void> check_header(std::string_view header)
{
  if (names_header(header, "authorization"))
    return failed(usage("the account's Authorization header is added, and another one would contradict it"));
  if (names_header(header, "host"))
    return failed(usage("a Host header would hand the token to another site of the same server"));
  if (std::ranges::any_of(header, [](char c) { return c == '\r' || c == '\n'; }))
    return failed(usage("one --header is one line"));
  return {};
}

class Reading {
 public:
  explicit Reading(std::span<const std::string> words) : words_(words) {}

  Outcome<CurlArguments> read()
  {
    while (at_ < words_.size())
      if (auto taken = take(words_[at_++]); !taken) return failed(taken.error());
    if (result_.address.empty()) return failed(usage("an address for curl is missing"));
    return std::move(result_);
  }

 private:
  Outcome<void> take(const std::string& word)
  {
    if (only_addresses_ || !word.starts_with('-') || word == "-") return take_address(word);
    if (word == "--") {
      only_addresses_ = true;
      return {};
    }
    return word.starts_with("--") ? take_option(word, std::nullopt) : take_letters(word);
  }

  // "-sXPOST" is -s and -X POST.
  Outcome<void> take_letters(std::string_view word)
  {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string name{'-', word[i]};
      const CurlOption* option = find_curl_option(name);
      const bool has_value = option && option->takes != Takes::kNothing;
      const auto rest = has_value && i + 1 < word.size() ? std::optional(word.substr(i + 1)) : std::nullopt;
      if (auto taken = take_option(name, rest); !taken || has_value) return taken;
    }
    return {};
  }

  Outcome<void> take_option(const std::string& name, std::optional<std::string_view> value)
  {
    const CurlOption* option = find_curl_option(name);
    if (!option) return failed(usage("curl's " + name + " " + why_not_handed_on(name)));
    if (option->care == CurlOption::Care::kElsewhere) result_.elsewhere = option->name;
    if (option->care == CurlOption::Care::kOnce) result_.only_once = option->name;
    if (option->takes == Takes::kNothing) {
      result_.options.emplace_back(option->name);
      return {};
    }
    if (!value && at_ < words_.size()) value = words_[at_++];
    if (!value) return failed(usage("curl's " + name + " needs a value"));
    return take_value(*option, std::string(*value));
  }

  Outcome<void> take_value(const CurlOption& option, const std::string& value)
  {
    if (option.takes == Takes::kAddress) return take_address(value);
    if (option.takes == Takes::kHeadersTo) {
      result_.headers_to = value;
      return {};
    }
    if (option.takes == Takes::kHeader)
      if (auto good = check_header(value); !good) return good;
    if (!can_be_sent_twice(option.takes, value)) result_.only_once = option.name;
    result_.options.emplace_back(option.name);
    result_.options.push_back(value);
    return {};
  }

  Outcome<void> take_address(const std::string& word)
  {
    if (!result_.address.empty()) return failed(usage("one call has one address, and '" + word + "' is a second"));
    result_.address = word;
    return {};
  }

  std::span<const std::string> words_;
  std::size_t at_ = 0;
  bool only_addresses_ = false;
  CurlArguments result_;
};

}  // namespace

Outcome<CurlArguments> read_curl_arguments(std::span<const std::string> words) { return Reading(words).read(); }

}  // namespace tokend::client
