// curl NAME -- ARGS: curl with the account's token, to the account's hosts, and once more with a new one after a 401.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "client/account_list.hpp"
#include "client/authorization_header.hpp"
#include "client/commands/commands.hpp"
#include "client/curl/api_address.hpp"
#include "client/curl/curl_arguments.hpp"
#include "client/curl/curl_run.hpp"
#include "client/token_wish.hpp"

namespace tokend::client::commands {
namespace {

constexpr std::array<Option, 5> kOptions{{
    {.name = "--any-host", .value = "", .help = "the token may go to any host"},
    {.name = "--scope", .value = "SCOPE", .help = "a token for these scopes only", .use = Option::Use::kRepeated},
    {.name = "--resource", .value = "URI", .help = "a token for this resource (RFC 8707)"},
    {.name = "--audience", .value = "NAME", .help = "a token for this audience"},
    {.name = "--timeout", .value = "SECONDS", .help = "wait so long for a token, if that may clear by itself"},
}};

struct Call {
  const Context& context;
  TokenWish token;
  CurlRun curl;
  std::string only_once;  // what stands in the way of a second run, or empty
  Interrupts interrupts = {};

  Outcome<wire::TokenReply> new_token(std::string_view rejected = {}) const
  {
    auto reply = get_token(context, token, {.rejected = rejected, .interrupts = interrupts.fd()});
    if (!reply) return failed(with_command(reply.error(), "curl", token.account, " -- ..."));
    return reply;
  }
  Outcome<CurlEnded> run_with(const wire::TokenReply& reply) const
  {
    const auto header = authorization_header(reply);
    if (!header) return failed(header.error());
    return run_curl(curl, *header, interrupts);
  }
};

Outcome<CurlArguments> read_for_curl(const Arguments& arguments)
{
  auto curl = read_curl_arguments(std::span(arguments.words).subspan(1));
  if (curl && !curl->elsewhere.empty() && !arguments.has("--any-host"))
    return failed(usage("curl's " + curl->elsewhere + " would let the token go to another place than the address says",
                        "leave it out, or put --any-host before the '--'"));
  return curl;
}

Outcome<std::string> find_address(const Context& context, const std::string& account, const std::string& written,
                                  bool any_host)
{
  auto client = context.connect();
  if (!client) return failed(client.error());
  auto found = get_account(*client, account);
  if (!found) return failed(about(found.error(), account));
  return api_address({account, found->status.api_base, std::move(found->status.urls)}, written, any_host);
}

Outcome<FileDescriptor> open_for_headers(const std::string& path)
{
  if (path.empty()) return FileDescriptor();
  FileDescriptor file(path == "-" ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) return failed(usage(path + " cannot be written: " + std::strerror(errno)));
  return file;
}

// A new token is there, but what the API answered is handed on already.
void say_that_once_was_all(const Call& call)
{
  const std::string why = call.only_once.empty() ? "the answer was too long to be held back"
                                                 : "curl's " + call.only_once + " does not do the same twice";
  call.context.terminal.say(call.token.account + ": the API refused the token (401), and " + why +
                            "; the token is replaced: run the command again");
}

// The API's own answer is worth more than ours: it is handed on.
Outcome<int> end_refused(const Call& call, const CurlEnded& first, const Failure& why)
{
  if (why.exit == exit_code::kInterrupted) return failed(why);
  hand_on(call.curl, first);
  call.context.terminal.say("tokenctl: the API refused the token (401), and there is no new one:");
  call.context.terminal.say(sentence_of(why));
  return first.exit;
}

Outcome<int> run(Call& call)
{
  const auto token = call.new_token();
  if (!token) return failed(token.error());
  const auto first = call.run_with(*token);
  if (!first) return failed(first.error());
  if (!first->refused) return first->exit;
  const auto replacement = call.new_token(token->access_token.reveal());
  if (!replacement) return end_refused(call, *first, replacement.error());
  if (!first->kept) {
    say_that_once_was_all(call);
    return first->exit;
  }
  call.curl.again = false;
  const auto second = call.run_with(*replacement);
  if (!second) return failed(second.error());
  return second->exit;
}

Outcome<int> run(const Context& context, const Arguments& arguments)
{
  auto token = read_token_wish(arguments);
  if (!token) return failed(token.error());
  auto curl = read_for_curl(arguments);
  if (!curl) return failed(curl.error());
  const auto url = find_address(context, token->account, curl->address, arguments.has("--any-host"));
  if (!url) return failed(url.error());
  const auto headers = open_for_headers(curl->headers_to);
  if (!headers) return failed(headers.error());
  Call call{.context = context,
            .token = std::move(*token),
            .curl = {.options = std::move(curl->options),
                     .url = *url,
                     .headers_to = headers->get(),
                     .again = curl->only_once.empty()},
            .only_once = std::move(curl->only_once)};
  return run(call);
}

}  // namespace

const Command kCurl{.name = "curl",
                    .usage = "NAME [OPTIONS] -- [CURL'S OPTIONS] ADDRESS",
                    .summary = "Run curl with a fresh access token",
                    .details =
                        "The token goes to the account's hosts alone (--url of 'tokenctl add'), by a pipe: no\n"
                        "list of processes shows it. A path is joined to the API's base, else to the only URL.\n"
                        "When the API refuses the token (401), it is replaced, and curl runs once more.\n"
                        "Options of curl that could show the token or lead it elsewhere are refused; instead:\n"
                        "  curl -H @<(tokenctl token NAME --format header) ...\n"
                        "The exit code is curl's; 125: tokenctl failed, 126 or 127: curl cannot be run.\n",
                    .example = "tokenctl curl work -- -s /api/user",
                    .exits = "",
                    .options = kOptions,
                    .fewest_words = 2,
                    .most_words = std::numeric_limits<std::size_t>::max(),
                    .run = run,
                    .runs_program = true};

}  // namespace tokend::client::commands
