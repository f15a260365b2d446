#include "daemon/core/token_response.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "daemon/core/form.hpp"
#include "daemon/core/json_document.hpp"
#include "daemon/core/mended_json.hpp"

namespace tokend {
namespace {

constexpr Seconds kLongestLifetime{10LL * 365 * 24 * 3600};
constexpr Seconds kCautiousLifetime{300};
constexpr std::size_t kLongestError = 64;
constexpr std::size_t kLongestDescription = 512;
constexpr std::size_t kLongestToken = 64 * 1024;
constexpr std::size_t kMostScopes = 256, kMostScopeBytes = 16 * 1024;

// A member of either kind of body. What is none of these (an object, a boolean) says nothing to this reader.
struct Other {};
using Value = std::variant<std::monostate, std::string, double, std::vector<std::string>, Other>;
struct Member {
  std::string name;
  Value value;
};
using Members = std::vector<Member>;

Value value_from(const JsonValue& json)
{
  if (json.is_null() || json.boolean() == false) return {};
  if (const auto text = json.string()) return std::string(*text);
  if (const auto number = json.number()) return *number;
  if (auto list = json.strings()) return std::move(*list);
  return Other{};
}

std::optional<Members> members_from_json(std::string_view body)
{
  auto document = JsonDocument::parse(body);
  if (!document) document = JsonDocument::parse(mended_json(body).reveal());  // it copies what it keeps
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return std::nullopt;
  Members members;
  for (const auto& [name, value] : object->members()) members.push_back({std::string(name), value_from(value)});
  return members;
}

std::optional<Members> members_from_form(std::string_view body)
{
  auto fields = parse_form(body);
  if (!fields) return std::nullopt;
  Members members;
  for (FormField& field : *fields) members.push_back({std::move(field.name), std::move(field.value)});
  return members;
}

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view kSpace = " \t\r\n";
  constexpr std::string_view kPadding(" \t\r\n\0", 5);
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  const std::size_t last = text.find_last_not_of(kPadding);
  return last == std::string_view::npos || last < first ? std::string_view() : text.substr(first, last - first + 1);
}

std::optional<Members> members_from(std::string_view body)
{
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  body = trimmed(body);
  if (body.starts_with('<')) return std::nullopt;  // a page, whatever else it could be taken for
  return body.starts_with('{') ? members_from_json(body) : members_from_form(body);
}

const Value* find(const Members& members, std::string_view name)
{
  const auto found = std::ranges::find(members, name, &Member::name);
  return found == members.end() ? nullptr : &found->value;
}

std::string_view text_of(const Members& members, std::string_view name)
{
  const Value* value = find(members, name);
  const auto* text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

bool is_printable(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::unexpected<std::string> refuse(std::string_view why) { return std::unexpected("the answer " + std::string(why)); }

// A secret member: missing, null and "" are the same.
std::expected<Secret, std::string> read_secret(const Members& members, std::string_view name)
{
  if (std::ranges::count(members, name, &Member::name) > 1) return refuse("repeats " + std::string(name));
  const Value* value = find(members, name);
  if (!value || std::holds_alternative<std::monostate>(*value)) return Secret();
  const auto* text = std::get_if<std::string>(value);
  if (!text) return refuse("has no text as its " + std::string(name));
  if (!is_printable(*text)) return refuse("has a character in its " + std::string(name) + " that no token may have");
  if (text->size() > kLongestToken && name != "id_token")
    return refuse("has more than 64 KiB as its " + std::string(name));
  return Secret(*text);
}

std::optional<double> number_from(const Value& value)
{
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* held = std::get_if<std::string>(&value);
  if (!held) return std::nullopt;
  std::string_view text = trimmed(*held);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || std::isnan(number)) return std::nullopt;
  return number;
}

Seconds lifetime_of(double seconds)
{
  const double most = static_cast<double>(kLongestLifetime.count());
  return Seconds(static_cast<Seconds::rep>(std::clamp(seconds, 1.0, most)));
}

bool says_nothing(const Value& value)
{
  const auto* text = std::get_if<std::string>(&value);
  return std::holds_alternative<std::monostate>(value) || (text && trimmed(*text).empty());
}

// Whatever is said here is no promise of a token that lives for ever.
std::optional<Seconds> read_lifetime(const Members& members)
{
  const Value* value = find(members, "expires_in");
  if (!value || says_nothing(*value)) return std::nullopt;
  const auto number = number_from(*value);
  return number ? lifetime_of(*number) : kCautiousLifetime;
}

std::optional<Seconds> read_refresh_lifetime(const Members& members)
{
  for (const auto name : {"refresh_token_expires_in", "x_refresh_token_expires_in", "refresh_expires_in"}) {
    const Value* value = find(members, name);
    const auto number = value ? number_from(*value) : std::nullopt;
    if (number && *number >= 1) return lifetime_of(*number);
  }
  return std::nullopt;
}

void split_into(std::vector<std::string>& scopes, std::string_view text)
{
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" ,"), text.size());
    if (end > 0) scopes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// They are told with every account: a provider's flood of them would leave no room for the others.
void leave_out_excess(std::vector<std::string>& scopes)
{
  std::size_t bytes = 0;
  std::erase_if(scopes, [&](const std::string& scope) {
    const bool fits = bytes + scope.size() <= kMostScopeBytes;
    if (fits) bytes += scope.size();
    return !fits;
  });
  if (scopes.size() > kMostScopes) scopes.resize(kMostScopes);
}

std::vector<std::string> scopes_from(const Value* value)
{
  std::vector<std::string> scopes;
  if (!value) return scopes;
  if (const auto* text = std::get_if<std::string>(value)) split_into(scopes, *text);
  if (const auto* list = std::get_if<std::vector<std::string>>(value))
    for (const std::string& item : *list) split_into(scopes, item);
  std::erase_if(scopes, [](const std::string& scope) { return !is_printable(scope); });
  std::ranges::sort(scopes);
  scopes.erase(std::ranges::unique(scopes).begin(), scopes.end());
  leave_out_excess(scopes);
  return scopes;
}

std::vector<std::string> read_scopes(const Members& members)
{
  auto scopes = scopes_from(find(members, "scope"));
  return scopes.empty() ? scopes_from(find(members, "scopes")) : scopes;
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// RFC 9449, draft-ietf-oauth-pop-architecture, draft-ietf-oauth-v2-http-mac; N_A (RFC 8693) is no access token at all.
constexpr std::string_view kNotToBear[] = {"dpop", "pop", "mac", "n_a"};

// Providers have types of their own ("bot"), and mean Bearer.
std::expected<void, std::string> check_type(const Members& members)
{
  const std::string_view type = trimmed(text_of(members, "token_type"));
  const auto is_this = [&](std::string_view other) { return equals_ignoring_case(type, other); };
  if (std::ranges::none_of(kNotToBear, is_this)) return {};
  return refuse("has a token of type '" + escaped(type, 20) + "', which is not Bearer");
}

std::expected<TokenResponse, std::string> read_tokens(const Members& members)
{
  auto access = read_secret(members, "access_token");
  if (!access) return std::unexpected(access.error());
  if (access->empty()) return refuse("has no access_token");
  auto refresh = read_secret(members, "refresh_token");
  if (!refresh) return std::unexpected(refresh.error());
  auto id = read_secret(members, "id_token");
  if (!id) return std::unexpected(id.error());
  if (auto type = check_type(members); !type) return std::unexpected(type.error());

  TokenResponse response;
  response.access_token = std::move(*access);
  response.expires_in = read_lifetime(members);
  response.refresh_token = std::move(*refresh);
  response.refresh_expires_in = read_refresh_lifetime(members);
  response.scopes = read_scopes(members);
  response.id_token = std::move(*id);
  return response;
}

}  // namespace

TokenReply read_token_reply(int status, std::string_view body)
{
  const auto members = members_from(body);
  if (!members) return Unreadable{"the answer is neither JSON nor a form"};
  if (const auto error = text_of(*members, "error"); !error.empty()) {
    const auto description = text_of(*members, "error_description");
    return OAuthError{std::string(error.substr(0, kLongestError)),
                      std::string(description.substr(0, kLongestDescription))};
  }
  if (status < 200 || status > 299) return Unreadable{"the answer names no OAuth error"};
  auto tokens = read_tokens(*members);
  if (!tokens) return Unreadable{std::move(tokens.error())};
  return std::move(*tokens);
}

TokenReply read_token_reply(const HttpReply& reply) { return read_token_reply(reply.status, reply.body.reveal()); }

std::string escaped(std::string_view text, std::size_t longest)
{
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text.substr(0, longest)) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
  }
  if (text.size() > longest) out += "...";
  return out;
}

}  // namespace tokend
