// What a person wants of curl, read as curl reads its command line: which options, for which address, and whether all
// of it can be done a second time. Options come out in their long names, one by one, so that how letters run together
// is understood in one place only.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "client/failure.hpp"

namespace tokend::client {

struct CurlArguments {
  std::vector<std::string> options;  // for curl, without the address
  std::string address;               // as it was written
  std::string headers_to;            // a file for the response's headers, or "-"; may be empty
  std::string elsewhere;             // an option that leads the connection away from the address, or empty
  std::string only_once;             // the option that could not be repeated, or empty
};

// A mistake is usage(): an option that is not handed on, a value that is missing, no address or more than one.
Outcome<CurlArguments> read_curl_arguments(std::span<const std::string> words);

}  // namespace tokend::client
