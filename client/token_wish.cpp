#include "client/token_wish.hpp"

namespace tokend::client {

Outcome<TokenWish> read_token_wish(const Arguments& arguments)
{
  const auto name = account_name(arguments);
  const auto min_ttl = arguments.seconds("--min-ttl");
  const auto timeout = arguments.seconds("--timeout");
  if (!name) return failed(name.error());
  if (!min_ttl) return failed(min_ttl.error());
  if (!timeout) return failed(timeout.error());
  TokenWish wish{.account = *name,
                 .scopes = arguments.values("--scope"),
                 .resource = arguments.value("--resource").value_or(""),
                 .audience = arguments.value("--audience").value_or(""),
                 .min_ttl = *min_ttl,
                 .timeout = *timeout};
  if (wish.scopes.size() > wire::kMostScopesInACall) return failed(usage("at most 16 scopes can be asked for"));
  return wish;
}

Outcome<wire::TokenReply> get_token(const Context& context, const TokenWish& wish, const TokenAsk& ask)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  client->interrupted_by(ask.interrupts);
  wire::GetTokenCall call{.account = wish.account,
                          .min_ttl = wish.min_ttl,
                          .resource = wish.resource,
                          .audience = wish.audience,
                          .rejected = ask.rejected,
                          .login = ask.wait_for_login,
                          .timeout = wish.timeout};
  for (const std::string& scope : wish.scopes) call.scopes.push_back(scope);
  const std::int64_t usual = ask.wait_for_login ? wire::kDefaultLoginTimeout : wire::kDefaultTimeout;
  auto reply = client->call<wire::TokenReply>("GetToken", call, wish.timeout.value_or(usual));
  if (!reply) return failed(about(reply.error(), wish.account));
  return reply;
}

}  // namespace tokend::client
