// What keeps a call from being done, whatever the login of its account: no such account, another change, the disk.
#include <fmt/format.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/core/refresh_policy.hpp"
#include "proto/account_name.hpp"

namespace tokend {

std::string disk_advice(std::string_view cause, std::string_view where)
{
  if (cause == "disk_full") return where.empty() ? "free some space" : fmt::format("free some space in {}", where);
  if (where.empty()) where = "the state directory";
  if (cause == "disk_read_only") return fmt::format("make {} writable", where);
  if (cause == "disk_failed") return fmt::format("check the disk of {}, then start tokend again", where);
  return {};
}

Error lost_account(std::string_view name)
{
  const std::string account(name);
  Error error{.code = ErrorCode::kNoSuchAccount, .account = account};
  error.reason = fmt::format(
      "the stored account {} is damaged: it is kept as it is, and not served, until it is removed and added anew",
      name);
  error.next = "tokenctl remove " + account;
  return error;
}

Error no_such_account(const Registry& registry, std::string_view name)
{
  if (registry.find_lost(name)) return lost_account(name);
  std::vector<std::string> names;
  for (const auto& [known, id] : registry.by_name())
    if (known != name) names.push_back(known);  // one that is leaving has this very name
  Error error{.code = ErrorCode::kNoSuchAccount, .reason = fmt::format("no account '{}' here", name)};
  error.account = std::string(name);
  error.similar = similar_names(name, names);
  error.next = "tokenctl list";
  return error;
}

Error stopping(const Account* account)
{
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .reason = "tokend is stopping", .cause = "stopping"};
  error.next = "tokenctl list";
  if (!account) return error;
  error.account = account->name;
  error.next = fmt::format("tokenctl token {}", account->name);
  return error;
}

Error no_login_pending(const std::string& account)
{
  Error error{.code = ErrorCode::kInvalidParameter, .reason = fmt::format("no login of {} is waiting", account)};
  error.subject = "account";
  error.next = "tokenctl login " + account;
  error.account = account;
  return error;
}

Error anothers_flow(const Account& account)
{
  Error error{.code = ErrorCode::kInvalidParameter, .account = account.name};
  error.subject = "flow";
  if (account.definition.flow == Flow::kClientCredentials)
    error.reason =
        fmt::format("{} logs in as the app itself: a person's login needs an account of its own", account.name);
  else
    error.reason = fmt::format(
        "{} is a person's: with flow client_credentials it would give out the app's tokens; that needs an account of "
        "its own",
        account.name);
  error.next = "tokenctl add";
  return error;
}

Error disk_refused(const std::string& account, DiskTrouble trouble)
{
  const Judgement judgement = judge(trouble);
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = judgement.cause, .account = account};
  error.reason = fmt::format("{}: {}, so nothing was changed", account, judgement.sentence);
  error.next = trouble == DiskTrouble::kStale ? "try again" : disk_advice(error.cause);
  return error;
}

Error being_changed(const std::string& account)
{
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = "timed_out", .account = account};
  error.reason = fmt::format("{}: another change is being saved", account);
  error.next = "try again";
  error.retry_after = 1;
  return error;
}

}  // namespace tokend
