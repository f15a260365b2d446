#include "daemon/core/id_token.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/core/base64url.hpp"
#include "daemon/core/json_document.hpp"
#include "daemon/core/token_response.hpp"

namespace tokend {
namespace {

constexpr std::size_t kLongestSubject = 255;  // OpenID Connect Core section 2

std::unexpected<Error> refuse(std::string why)
{
  return fail({.code = ErrorCode::kProviderRefused, .reason = "the ID token " + std::move(why)});
}

std::optional<JsonDocument> decode(std::string_view part)
{
  const auto json = base64url_decode(part);
  return json ? JsonDocument::parse(*json) : std::nullopt;
}

struct Parts {
  std::string_view header, claims;
};

std::optional<Parts> split(std::string_view token)  // header.claims.signature (RFC 7515 section 3.1)
{
  if (std::ranges::count(token, '.') != 2) return std::nullopt;
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1)};
}

Result<void> check_header(std::string_view header)
{
  const auto document = decode(header);
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return refuse("cannot be read");
  const std::string algorithm = object->text("alg");
  if (algorithm.empty() || algorithm == "none") return refuse("is not signed");
  return {};
}

std::vector<std::string> audiences(const JsonObject& claims)
{
  const auto aud = claims.find("aud");
  if (!aud) return {};
  if (const auto one = aud->string()) return {std::string(*one)};
  return aud->strings().value_or(std::vector<std::string>());
}

Result<void> check_audience(const JsonObject& claims, std::string_view client_id)
{
  const auto all = audiences(claims);
  if (std::ranges::find(all, client_id) == all.end()) return refuse("is meant for another client (aud)");
  const bool has_party = claims.count("azp") > 0;
  if (all.size() > 1 && !has_party) return refuse("is meant for several clients and does not say for whom (azp)");
  if (has_party && claims.text("azp") != client_id) return refuse("was issued to another client (azp)");
  return {};
}

Result<void> check_expiry(const JsonObject& claims, WallTime now)
{
  const auto exp = claims.find("exp");
  const auto seconds = exp ? exp->number() : std::nullopt;
  if (!seconds) return refuse("does not say when it expires (exp)");
  const double now_with_skew = static_cast<double>((now - kClockSkew).time_since_epoch().count());
  if (*seconds <= now_with_skew) return refuse("has expired (exp): check this machine's clock");
  return {};
}

Result<void> check_claims(const JsonObject& claims, const IdTokenRules& rules, WallTime now)
{
  if (claims.text("iss") != rules.issuer) return refuse("comes from another issuer (iss)");
  if (auto audience = check_audience(claims, rules.client_id); !audience) return audience;
  if (auto expiry = check_expiry(claims, now); !expiry) return expiry;
  if (rules.nonce && claims.text("nonce") != *rules.nonce) return refuse("answers another login (nonce)");
  return {};
}

std::string label_of(const JsonObject& claims, const std::string& subject)
{
  for (const std::string_view name : {"email", "preferred_username", "name"})
    if (const std::string text = claims.text(name); !text.empty()) return escaped(text);
  return escaped(subject);
}

}  // namespace

std::optional<Identity> another_person(const Secret& id_token, const Identity& before)
{
  const auto parts = split(id_token.reveal());
  const auto document = parts ? decode(parts->claims) : std::nullopt;
  const auto claims = document ? document->object() : std::nullopt;
  if (!claims) return std::nullopt;
  Identity now{.issuer = claims->text("iss"), .subject = claims->text("sub"), .label = {}};
  if (now.issuer != before.issuer || now.subject.empty() || now.subject == before.subject) return std::nullopt;
  now.label = label_of(*claims, now.subject);
  return now;
}

Result<Identity> read_id_token(const Secret& id_token, const IdTokenRules& rules, WallTime now)
{
  const auto parts = split(id_token.reveal());
  if (!parts) return refuse("is no signed JWT");
  if (auto header = check_header(parts->header); !header) return fail(header.error());
  const auto document = decode(parts->claims);
  const auto claims = document ? document->object() : std::nullopt;
  if (!claims) return refuse("cannot be read");
  if (auto checked = check_claims(*claims, rules, now); !checked) return fail(checked.error());
  Identity identity{.issuer = std::string(rules.issuer), .subject = claims->text("sub"), .label = {}};
  if (identity.subject.empty() || identity.subject.size() > kLongestSubject) return refuse("names no subject (sub)");
  identity.label = label_of(*claims, identity.subject);
  return identity;
}

}  // namespace tokend
