#include "client/account_tables.hpp"

#include <algorithm>
#include <array>

#include "client/failure.hpp"
#include "client/printable.hpp"
#include "client/table.hpp"

namespace tokend::client {
namespace {

using wire::AccountStatus;
using wire::DaemonState;
using wire::DaemonStatus;
using wire::State;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string token_of(const AccountStatus& account, UnixTime now)
{
  if (!account.usable) return "-";
  return account.expires_at ? duration(*account.expires_at - now) : "no expiry";
}

std::string login_end_of(const AccountStatus& account, UnixTime now)
{
  const auto ends = account.refresh_expires_at;
  const auto idles = account.refresh_idle_at;
  if (ends && (!idles || *ends <= *idles)) return *ends > now ? "in " + duration(*ends - now) : "now";
  return idles ? duration(*idles - now) + " idle" : "-";
}

std::string last_use_of(const AccountStatus& account, UnixTime now)
{
  if (account.last_used_at) return ago(*account.last_used_at, now);
  return account.last_used_on.empty() ? "never" : account.last_used_on;
}

// The daemon's sentences name the account; below its own line that is said already.
std::string without_name(const std::string& reason, const std::string& account)
{
  return reason.starts_with(account + ": ") ? reason.substr(account.size() + 2) : reason;
}

constexpr std::array<std::string_view, 5> kRefusals{"bad_client", "bad_scope", "bad_redirect", "endpoint_changed",
                                                    "no_metadata"};

bool is_refused(const AccountStatus& account) { return std::ranges::find(kRefusals, account.cause) != kRefusals.end(); }

std::vector<std::string> notes_of(const AccountStatus& account, const View& view)
{
  std::vector<std::string> notes;
  std::string why = without_name(account.reason, account.account);
  if (account.state == State::kBackingOff) {
    if (account.next_attempt_at && !why.contains("next try"))
      why += (why.empty() ? "" : "; ") + ("next try in " + duration(*account.next_attempt_at - view.now));
    if (account.usable) why += "; still served";
  }
  if (!why.empty()) notes.push_back(view.advice.in(why));
  const bool clears_by_itself = account.state == State::kBackingOff && !is_refused(account);
  if (!account.next.empty() && !clears_by_itself) notes.push_back("-> " + view.advice.in(account.next));
  return notes;
}

std::string plural(std::size_t count, const std::string& noun)
{
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string counted(const std::vector<AccountStatus>& accounts)
{
  if (accounts.empty()) return "no accounts yet: run 'tokenctl add NAME --issuer URL'";
  std::string text = plural(accounts.size(), "account") + ": ";
  bool first = true;
  for (const State state : {State::kFresh, State::kIdle, State::kRefreshing, State::kSigningIn, State::kBackingOff,
                            State::kSignedOut, State::kNeedsLogin}) {
    const auto count = std::ranges::count(accounts, state, &AccountStatus::state);
    if (count == 0) continue;
    text += (first ? "" : ", ") + std::to_string(count) + " ";
    text += state == State::kNeedsLogin ? count == 1 ? "needs you" : "need you" : words_of(state);
    first = false;
  }
  return text;
}

std::string with_right(const std::string& left, const std::string& right, std::size_t columns)
{
  const std::size_t used = columns_of(left) + columns_of(right);
  return left + std::string(used + 2 < columns ? columns - used : 2, ' ') + right + "\n";
}

std::string daemon_words(DaemonState state)
{
  return state == DaemonState::kReadOnly ? "tokend read only" : "tokend " + std::string(name_of(state));
}

std::string first_url(const AccountStatus& account)
{
  if (account.urls.empty()) return or_dash(account.api_base);
  const std::size_t more = account.urls.size() - 1;
  return account.urls.front() + (more ? " (+" + std::to_string(more) + ")" : "");
}

std::string joined(const std::vector<std::string>& words)
{
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string flow_words(Flow flow)
{
  return flow == Flow::kClientCredentials ? "client credentials" : std::string(name_of(flow));
}

std::string identity_words(const AccountStatus& account)
{
  const bool a_person = account.flow != Flow::kClientCredentials && is_signed_in(account);
  return account.identity.empty() && a_person ? "the provider does not say who" : account.identity;
}

std::string end_words(const AccountStatus& account, UnixTime now)
{
  if (account.refresh_expires_at && *account.refresh_expires_at > now)
    return "ends " + date_and_time(*account.refresh_expires_at) + " (in " +
           duration(*account.refresh_expires_at - now) + ")";
  if (account.refresh_expires_at) return "ended " + date_and_time(*account.refresh_expires_at);
  if (account.refresh_idle_at) return "ends when unused until " + date_and_time(*account.refresh_idle_at);
  return "";
}

std::string login_words(const AccountStatus& account, UnixTime now)
{
  const std::string end = end_words(account, now);
  if (!account.signed_in_at) return end;
  return "since " + date_and_time(*account.signed_in_at) + (end.empty() ? "" : "; " + end);
}

std::string client_words(const AccountStatus& account)
{
  const bool is_known = !account.client_id.empty() && !account.client_auth.empty();
  return account.client_id + (is_known ? " (" + account.client_auth + ")" : "");
}

std::vector<std::string> assignments(const wire::TextMap& params)
{
  std::vector<std::string> words;
  for (const auto& [name, value] : params) words.push_back(name + "=" + value);
  return words;
}

bool needs_login(const AccountStatus& account)
{
  return account.state == State::kNeedsLogin || account.state == State::kSignedOut;
}

bool fails_for_now(const AccountStatus& account) { return account.state == State::kBackingOff && !account.usable; }

}  // namespace

std::string_view words_of(State state)
{
  switch (state) {
    case State::kSignedOut: return "signed out";
    case State::kSigningIn: return "signing in";
    case State::kIdle: return "idle";
    case State::kFresh: return "fresh";
    case State::kRefreshing: return "refreshing";
    case State::kBackingOff: return "retrying";
    case State::kNeedsLogin: return "needs login";
  }
  return {};
}

std::string status_table(const std::vector<AccountStatus>& accounts, const DaemonStatus& daemon, const View& view)
{
  std::vector<Row> rows;
  for (const AccountStatus& account : accounts)
    rows.push_back(
        {.cells = {account.account, account.provider, std::string(words_of(account.state)), token_of(account, view.now),
                   login_end_of(account, view.now), last_use_of(account, view.now)},
         .notes = notes_of(account, view)});
  const Row head{.cells = {"ACCOUNT", "PROVIDER", "STATE", "TOKEN", "LOGIN ENDS", "LAST USED"}};
  std::string text = accounts.empty() ? "" : table(head, rows, view.columns) + "\n";
  text += with_right(view.advice.in(counted(accounts)), daemon_words(daemon.state), view.columns);
  if (!daemon.reason.empty()) text += wrapped("  ", view.advice.in(daemon.reason), view.columns);
  if (!daemon.next.empty()) text += wrapped("  -> ", view.advice.in(daemon.next), view.columns);
  return text;
}

std::string list_table(const std::vector<AccountStatus>& accounts, const View& view)
{
  if (accounts.empty()) return view.advice.in(counted(accounts)) + "\n";
  std::vector<Row> rows;
  for (const AccountStatus& account : accounts)
    rows.push_back({.cells = {account.account, account.provider, flow_words(account.flow), or_dash(account.identity),
                              first_url(account)}});
  return table({.cells = {"ACCOUNT", "PROVIDER", "FLOW", "SIGNED IN AS", "USED FOR"}}, rows, view.columns);
}

std::string account_sheet(const AccountStatus& account, const View& view)
{
  const std::string name = printable(account.account + " (" + account.provider + ", " + flow_words(account.flow) + ")");
  std::string text = with_right(name, std::string(words_of(account.state)), view.columns);
  const auto add = [&](std::string label, const std::string& value) {
    if (value.empty()) return;
    label.resize(12, ' ');
    text += wrapped("  " + label, value, view.columns);
  };
  const auto when = [&](const std::optional<UnixTime>& time) {
    return time ? date_and_time(*time) + " (" + ago(*time, view.now) + ")" : "";
  };
  add("why", view.advice.in(without_name(account.reason, account.account)));
  add("what next", view.advice.in(account.next));
  add("since", when(account.since));
  add("token", account.usable ? token_of(account, view.now) : "none that is good now");
  add("signed in", identity_words(account));
  add("issuer", account.issuer);
  add("authorize", account.authorization_endpoint);
  add("tokens at", account.token_endpoint);
  add("client id", client_words(account));
  add("scopes", joined(account.scopes));
  add("params", joined(assignments(account.params)));
  add("used for", joined(account.urls));
  add("callback", account.redirect_uri);
  add("login", login_words(account, view.now));
  if (account.next_attempt_at) add("next try", "in " + duration(*account.next_attempt_at - view.now));
  add("refreshed", when(account.last_refresh_at));
  add("last used", account.last_used_at ? when(account.last_used_at) : account.last_used_on);
  if (!account.last_error.empty())
    add("last error", account.last_error + (account.last_error_at ? ", " + date_and_time(*account.last_error_at) : ""));
  return text;
}

bool is_signed_in(const AccountStatus& account) { return account.usable || account.refresh_issued_at; }

int exit_code_of(const std::vector<AccountStatus>& accounts, const DaemonStatus& daemon)
{
  if (daemon.state == DaemonState::kLocked) return exit_code::kLocked;
  if (std::ranges::any_of(accounts, is_refused)) return exit_code::kRefused;
  if (std::ranges::any_of(accounts, needs_login)) return exit_code::kLoginNeeded;
  if (std::ranges::any_of(accounts, fails_for_now)) return exit_code::kUnavailable;
  return exit_code::kDone;
}

}  // namespace tokend::client
