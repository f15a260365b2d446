#include "daemon/broker/wish_errors.hpp"

#include <fmt/format.h>

#include "daemon/core/token_response.hpp"

namespace tokend {
namespace {

std::string joined(const std::vector<std::string>& scopes)
{
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return escaped(text);
}

std::string asked_for(const TokenKey& key)
{
  std::string text;
  const auto add = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{} '{}'", text.empty() ? "" : ", ", what, value);
  };
  add("scope", joined(key.scopes));
  add("resource", escaped(key.resource));
  add("audience", escaped(key.audience));
  return text;
}

std::string fewer_scopes(const Account& account)
{
  const std::string own = joined(account.definition.scopes);
  return "ask for fewer: the account's own are " + (own.empty() ? "what the provider gives unasked" : own);
}

}  // namespace

Error wish_refused(const Account& account, const Trouble& trouble, const TokenKey& key)
{
  Error error{.code = ErrorCode::kProviderRefused, .cause = trouble.cause, .account = account.name};
  error.reason = fmt::format("{}: {} when asked for {}; {}", account.name, trouble.sentence, asked_for(key),
                             key.scopes.empty() ? "ask without" : fewer_scopes(account));
  error.next = "tokenctl token " + account.name;
  return error;
}

}  // namespace tokend
