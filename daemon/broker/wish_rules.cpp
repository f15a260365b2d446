#include "daemon/broker/wish_rules.hpp"

#include <algorithm>

#include "proto/utf8.hpp"

namespace tokend {
namespace {

constexpr std::size_t kLongest = 2048;

std::unexpected<Error> wrong(std::string_view parameter, std::string why)
{
  return fail({.code = ErrorCode::kInvalidParameter, .reason = std::move(why), .subject = std::string(parameter)});
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_scheme(std::string_view text)
{
  const auto may_follow = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, may_follow);
}

// RFC 3986 section 4.3, as far as a provider could mind.
bool is_absolute_uri(std::string_view text)
{
  const std::size_t colon = text.find(':');
  const auto allowed = [](char c) { return c > ' ' && c <= '~' && !std::string_view("\"<>\\^`{|}").contains(c); };
  return colon != std::string_view::npos && is_scheme(text.substr(0, colon)) && text.size() > colon + 1 &&
         text.size() <= kLongest && std::ranges::all_of(text, allowed);
}

bool is_text(std::string_view text)
{
  const auto control = [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; };
  return text.size() <= kLongest && is_utf8(text) && std::ranges::none_of(text, control);
}

}  // namespace

Result<void> check_wish(const wire::GetTokenCall& call)
{
  if (call.resource.contains('#'))
    return wrong("resource", "resource has a fragment (#...), which RFC 8707 does not allow");
  if (!call.resource.empty() && !is_absolute_uri(call.resource))
    return wrong("resource", "resource is not an absolute URI, such as https://api.example/, or longer than 2048");
  if (!is_text(call.audience)) return wrong("audience", "audience has a control character, or is longer than 2048");
  return {};
}

}  // namespace tokend
