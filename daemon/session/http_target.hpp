// What an HTTP request asks for: the path says which resource, the query says the rest. Strict, so that a misspelt
// parameter is told and not ignored.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/http_query.hpp"
#include "proto/messages.hpp"
#include "proto/result.hpp"

namespace tokend {

enum class HttpResource { kToken, kAccounts, kAccount, kStatus, kCall };

struct HttpTarget {
  HttpResource resource{};
  std::string name = {};  // kToken, kAccount: of the account. kCall: of the method, fully qualified
};

std::optional<HttpTarget> read_target(std::string_view path);  // none: there is nothing there
std::string_view method_for(HttpResource);                     // GET or POST

// Parameters as they stand in a target's query. kInvalidParameter names what is unknown, repeated or no value.
Result<std::vector<QueryParameter>> read_query(std::string_view query);
Result<void> expect_none(std::span<const QueryParameter>);
// Its views are into the arguments.
Result<wire::GetTokenCall> read_token_query(std::string_view account, std::span<const QueryParameter>);

}  // namespace tokend
