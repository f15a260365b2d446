#include "daemon/core/retry_after.hpp"

#include <algorithm>

#include "daemon/core/http_date.hpp"

namespace tokend {
namespace {

bool all_digits(std::string_view text)
{
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Stops counting at the cap, so that no number of digits overflows.
Seconds capped_number(std::string_view digits)
{
  Seconds value{0};
  for (const char digit : digits) value = std::min(kLongestRetryAfter, value * 10 + Seconds(digit - '0'));
  return value;
}

std::string_view trimmed(std::string_view text)
{
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const HttpField* find(const HttpReply& reply, std::string_view name)
{
  const auto found = std::ranges::find(reply.fields, name, &HttpField::name);
  return found == reply.fields.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Seconds> parse_retry_after(std::string_view value, WallTime now)
{
  value = trimmed(value);
  if (all_digits(value)) return capped_number(value);
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, Seconds(0), kLongestRetryAfter);
}

std::optional<Seconds> retry_after(const HttpReply& reply, WallTime now)
{
  const HttpField* field = find(reply, "retry-after");
  if (!field) return std::nullopt;
  const HttpField* date = find(reply, "date");
  const auto theirs = date ? parse_http_date(trimmed(date->value.reveal()), now) : std::nullopt;
  return parse_retry_after(field->value.reveal(), theirs.value_or(now));
}

}  // namespace tokend
