// The one table from an error's code to everything mechanical: its name on the wire, its name for HTTP and --json, its
// HTTP status, tokenctl's exit code; and the one place where an Error becomes a varlink error's parameters and back.
#pragma once
#include <string>
#include <string_view>

#include "proto/error.hpp"

namespace tokend {

struct ErrorNames {
  ErrorCode code;
  std::string_view varlink;  // fully qualified
  std::string_view http;     // snake_case; "error" of HTTP bodies and of --json
  int http_status;
  int exit_code;  // of tokenctl
};
const ErrorNames& names_of(ErrorCode);

// The parameters that the interface declares for the code, as a JSON object, appended.
void write_error_parameters(const Error&, std::string& out);

// What a daemon answered. An unknown name, or parameters that cannot be read, become kInternal with the name in the
// reason: never a failure of its own. A code without a reason on the wire gets a sentence.
Error read_error(std::string_view varlink_name, std::string_view parameters);

// {"error":..,"error_description":..,"account":..,"cause":..,"next":..}, appended; what is empty is left out.
void write_http_error(const Error&, std::string& out);

}  // namespace tokend
