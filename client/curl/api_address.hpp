// Where a token may be sent: the addresses of an account, and whether one that a person names is at one of their hosts.
// Addresses are read so strictly that curl can only read them alike; what could be read in two ways is refused.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"

namespace tokend::client {

// "https://api.example:443": scheme, host in small letters, port. None: no http or https address, or one with user
// information, odd characters in the host, spaces or control characters.
std::optional<std::string> origin_of(std::string_view url);

bool is_https(std::string_view origin);

struct AccountPlaces {
  std::string account;
  std::string api_base;  // may be empty
  std::vector<std::string> urls;
};

// The whole address for `word`: a path is joined to the API base, else to the account's only URL. It is at a host of
// the account (same scheme, host and port; paths do not matter), or else anywhere with `any_host`, but in the clear on
// this machine alone.
Outcome<std::string> api_address(const AccountPlaces&, const std::string& word, bool any_host);

}  // namespace tokend::client
