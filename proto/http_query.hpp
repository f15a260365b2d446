// Percent-decoding, strictly: of a path's segment, and of name=value pairs in a query or a form body
// (application/x-www-form-urlencoded). What cannot be decoded to UTF-8 text without NUL is no value at all.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

struct QueryParameter {
  std::string name, value;
  bool operator==(const QueryParameter&) const = default;
};

std::optional<std::string> percent_decode(std::string_view);  // '+' stays '+'

// In order, repeated names kept, so that a repetition can be refused. An empty piece ("a=1&&b=2") is skipped; a piece
// without '=' has an empty value. None: a broken escape, NUL or bytes that are not UTF-8.
std::optional<std::vector<QueryParameter>> query_parameters(std::string_view);

}  // namespace tokend
