#include "daemon/session/http_target.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/core/definition.hpp"

namespace tokend {
namespace {

struct Route {
  std::string_view path;  // one that ends in '/' is followed by one segment, a name
  HttpResource resource;
};
constexpr std::array kRoutes{
    Route{"/v1/token/", HttpResource::kToken},      Route{"/v1/accounts", HttpResource::kAccounts},
    Route{"/v1/accounts/", HttpResource::kAccount}, Route{"/v1/status", HttpResource::kStatus},
    Route{"/call/", HttpResource::kCall},
};

Error bad_query(std::string_view name, std::string_view why)
{
  std::string reason = "query parameter '" + std::string(name) + "' " + std::string(why);
  return {.code = ErrorCode::kInvalidParameter, .reason = std::move(reason), .subject = std::string(name)};
}

bool read_seconds(std::string_view text, std::optional<std::int64_t>& seconds)
{
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds.emplace());
  return error == std::errc() && stop == end && *seconds >= 0;
}

bool read_scopes(std::string_view text, wire::ScopeViews& scopes)
{
  while (!text.empty()) {
    const std::string_view scope = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), scope.size() + 1));
    if (scope.empty()) continue;
    if (!is_scope(scope) || !scopes.push_back(scope)) return false;
  }
  return true;
}

bool read_kind(std::string_view text, wire::TokenKind& kind)
{
  const auto known = wire::from_name<wire::TokenKind>(text);
  kind = known.value_or(kind);
  return known.has_value();
}

bool read_switch(std::string_view text, bool& on)
{
  on = text == "1" || text == "true";
  return on || text == "0" || text == "false";
}

struct TokenParameter {
  std::string_view name;
  bool (*read)(std::string_view value, wire::GetTokenCall&);
  std::string_view wanted;
};
using Call = wire::GetTokenCall;
constexpr std::array kTokenParameters{
    TokenParameter{"min_ttl", [](std::string_view value, Call& call) { return read_seconds(value, call.min_ttl); },
                   "is no number of seconds"},
    TokenParameter{"timeout", [](std::string_view value, Call& call) { return read_seconds(value, call.timeout); },
                   "is no number of seconds"},
    TokenParameter{"scope", [](std::string_view value, Call& call) { return read_scopes(value, call.scopes); },
                   "has more than 16 scopes, or a character that none may have"},
    TokenParameter{"resource", [](std::string_view value, Call& call) { return call.resource = value, true; }, ""},
    TokenParameter{"audience", [](std::string_view value, Call& call) { return call.audience = value, true; }, ""},
    TokenParameter{"kind", [](std::string_view value, Call& call) { return read_kind(value, call.kind); },
                   "is neither access nor id"},
    TokenParameter{"login", [](std::string_view value, Call& call) { return read_switch(value, call.login); },
                   "is neither 1 nor 0"},
};

}  // namespace

std::optional<HttpTarget> read_target(std::string_view path)
{
  for (const Route& route : kRoutes) {
    if (path == route.path && !path.ends_with('/')) return HttpTarget{route.resource};
    if (!route.path.ends_with('/') || !path.starts_with(route.path)) continue;
    const std::string_view segment = path.substr(route.path.size());
    auto name = percent_decode(segment);
    if (segment.empty() || segment.contains('/') || !name) return std::nullopt;
    return HttpTarget{route.resource, std::move(*name)};
  }
  return std::nullopt;
}

std::string_view method_for(HttpResource resource) { return resource == HttpResource::kCall ? "POST" : "GET"; }

Result<std::vector<QueryParameter>> read_query(std::string_view query)
{
  auto parameters = query_parameters(query);
  if (!parameters)
    return fail({.code = ErrorCode::kInvalidParameter, .reason = "the query is not UTF-8 text", .subject = "query"});
  for (auto later = parameters->begin(); later != parameters->end(); ++later)
    if (std::ranges::count(parameters->begin(), later, later->name, &QueryParameter::name) > 0)
      return fail(bad_query(later->name, "is given twice"));
  return std::move(*parameters);
}

Result<void> expect_none(std::span<const QueryParameter> parameters)
{
  if (parameters.empty()) return {};
  return fail(bad_query(parameters.front().name, "is unknown here"));
}

Result<wire::GetTokenCall> read_token_query(std::string_view account, std::span<const QueryParameter> parameters)
{
  wire::GetTokenCall call{.account = account};
  for (const QueryParameter& given : parameters) {
    const auto* known = std::ranges::find(kTokenParameters, given.name, &TokenParameter::name);
    if (known == kTokenParameters.end()) return fail(bad_query(given.name, "is unknown here"));
    if (!known->read(given.value, call)) return fail(bad_query(given.name, known->wanted));
  }
  return call;
}

}  // namespace tokend
