// reject NAME: tells the daemon that an API has refused a token. The token comes on stdin, never in argv.
#include <algorithm>

#include "client/commands/commands.hpp"

namespace tokend::client::commands {
namespace {

// The reply comes after the refresh.
std::string ending(const wire::RejectTokenReply& reply)
{
  if (!reply.current && reply.refreshed) return "not the current token: there is a newer one, and nothing was done";
  if (!reply.current) return "not the current token: nothing was done";
  return "the refused token is noted, and a new one fetched";
}

Failure cannot_be_replaced(const std::string& account)
{
  return {.exit = exit_code::kLoginNeeded,
          .error = "login_required",
          .reason = account + " needs a login (it has no refresh token, so nothing replaces its token)",
          .account = account,
          .cause = "refresh_token_expired",
          .next = "tokenctl login " + account};
}

bool starts_with_word(std::string_view text, std::string_view word)
{
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= word.size() && std::ranges::equal(text.substr(0, word.size()), word, {}, lower);
}

// Of the header that carried it, as `tokenctl token --format header` prints it: "Authorization: Bearer ".
std::string_view without_header(std::string_view text)
{
  constexpr std::string_view kName = "authorization:", kScheme = "bearer ";
  const auto without_spaces = [](std::string_view rest) {
    return rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  };
  if (starts_with_word(text, kName)) text = without_spaces(text.substr(kName.size()));
  return starts_with_word(text, kScheme) ? without_spaces(text.substr(kScheme.size())) : text;
}

Outcome<Secret> refused_token()
{
  const auto read = read_secret("-", "Token (not shown): ");
  if (!read) return failed(read.error());
  const std::string_view token = without_header(read->reveal());
  if (token.empty()) return failed(usage("stdin holds no token: it is empty"));
  const auto is_graphic = [](char c) { return c > ' ' && c <= '~'; };  // RFC 6750 section 2.1 allows less
  if (!std::ranges::all_of(token, is_graphic) || token.front() == '{' || token.front() == '"')
    return failed(usage("stdin holds no token: a token is one word, without spaces and on one line"));
  return Secret(std::string(token));
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  const auto name = account_name(arguments);
  if (!name) return failed(name.error());
  auto token = refused_token();
  if (!token) return failed(token.error());
  auto client = context.connect();
  if (!client) return failed(client.error());
  const wire::RejectTokenCall call{.account = *name, .access_token = std::move(*token)};
  const auto reply = client->call<wire::RejectTokenReply>("RejectToken", call, wire::kDefaultTimeout);
  if (!reply) return failed(about(reply.error(), *name));
  context.print_if_json(*reply);
  if (reply->current && !reply->refreshed) return failed(cannot_be_replaced(*name));
  context.terminal.say(*name + ": " + ending(*reply));
  return exit_code::kDone;
}

}  // namespace

const Command kReject{.name = "reject",
                      .usage = "NAME < TOKEN",
                      .summary = "Report a token that an API has refused",
                      .details =
                          "Reads the token from stdin, where it may also be a header ('Authorization: Bearer ..'). "
                          "If it is the\none in use, it is never given out again, and a refresh replaces it.\n",
                      .example = "tokenctl reject work < token.txt",
                      .exits = "35789",
                      .options = {},
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run};

}  // namespace tokend::client::commands
