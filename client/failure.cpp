#include "client/failure.hpp"

#include <vector>

#include "client/printable.hpp"
#include "proto/account_name.hpp"
#include "proto/error_codes.hpp"
#include "proto/json_writer.hpp"

namespace tokend::client {
namespace {

bool is_command(std::string_view next)
{
  return next.starts_with("tokenctl ") || next.starts_with("systemctl ") || next.starts_with("tokend ");
}

std::string quoted_list(const std::vector<std::string>& names)
{
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "'" : i + 1 == names.size() ? " or '" : ", '") + names[i] + "'";
  return text;
}

// As a word of its own, not as letters of another, nor as a part of an address.
bool names(std::string_view sentence, std::string_view account)
{
  const auto in_word = [&](std::size_t at) {
    return at < sentence.size() && (sentence[at] == '/' || is_account_name(std::string("a") + sentence[at]));
  };
  for (std::size_t at = sentence.find(account); at != sentence.npos; at = sentence.find(account, at + 1))
    if (!(at > 0 && in_word(at - 1)) && !in_word(at + account.size())) return true;
  return false;
}

}  // namespace

Failure failure_of(const Error& error)
{
  const ErrorNames& names = names_of(error.code);
  Failure failure{.exit = names.exit_code,
                  .error = std::string(names.http),
                  .reason = error.reason,
                  .account = error.account,
                  .cause = error.cause,
                  .next = error.next};
  if (!error.similar.empty()) failure.reason += ", did you mean " + quoted_list(error.similar) + "?";
  return failure;
}

std::string sentence_of(const Failure& failure)
{
  std::string text = "tokenctl: ";
  if (!failure.account.empty() && !names(failure.reason, failure.account)) text += failure.account + ": ";
  text += failure.reason;
  if (failure.next.empty()) return printable(text);
  if (text.ends_with('?')) text += " See '" + failure.next + "'";
  else text += is_command(failure.next) ? ": run '" + failure.next + "'" : ": " + failure.next;
  return printable(text);
}

std::string json_of(const Failure& failure)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("error", failure.error).member("exit", failure.exit);
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) json.member(name, text);
  };
  add("account", failure.account);
  add("cause", failure.cause);
  add("reason", failure.reason);
  add("next", failure.next);
  json.end_object();
  return out;
}

}  // namespace tokend::client
