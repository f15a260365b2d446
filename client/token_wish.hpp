// Which access token a command wants of the daemon, as its options say, and asking for it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/command.hpp"

namespace tokend::client {

struct TokenWish {
  std::string account;
  std::vector<std::string> scopes;
  std::string resource, audience;
  std::optional<std::int64_t> min_ttl, timeout;
};

// Of the first word and --scope, --resource, --audience, --min-ttl, --timeout, as far as the command has them.
Outcome<TokenWish> read_token_wish(const Arguments&);

struct TokenAsk {
  bool wait_for_login = false;     // for one that somebody else runs
  std::string_view rejected = {};  // a token that an API has refused: another one, please
  int interrupts = -1;             // as of BrokerClient::interrupted_by
};

Outcome<wire::TokenReply> get_token(const Context&, const TokenWish&, const TokenAsk& = {});

}  // namespace tokend::client
