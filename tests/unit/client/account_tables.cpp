#include "client/account_tables.hpp"

#include <cstdlib>
#include <sstream>

#include "client/printable.hpp"
#include "client/table.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::client;
using wire::AccountStatus;
using wire::State;

namespace {

constexpr UnixTime kNow = 1777627020;  // 2026-05-01 09:17 UTC
constexpr UnixTime kMinute = 60, kHour = 3600, kDay = 86400;

struct Utc {
  Utc()
  {
    setenv("TZ", "UTC", 1);
    tzset();
  }
};

std::vector<AccountStatus> accounts()
{
  return {{.account = "github",
           .provider = "oauth2",
           .flow = Flow::kDevice,
           .state = State::kFresh,
           .usable = true,
           .identity = "ana",
           .urls = {"https://github.example"},
           .last_used_at = kNow - 2 * kHour - 5 * kMinute},
          {.account = "jira",
           .provider = "oidc",
           .state = State::kNeedsLogin,
           .cause = "refresh_token_revoked",
           .reason = "jira: the provider revoked the login on 2026-05-01 09:12",
           .next = "tokenctl login jira",
           .since = kNow - 5 * kMinute,
           .identity = "ana@acme.example",
           .redirect_uri = "http://localhost:28765/callback/oidc",
           .urls = {"https://acme.example", "https://acme-2.example"},
           .last_error_at = kNow - 5 * kMinute,
           .last_error = "token endpoint: 403 invalid_grant",
           .last_used_at = kNow - 5 * kMinute},
          {.account = "mail",
           .provider = "oidc",
           .state = State::kBackingOff,
           .usable = true,
           .cause = "network",
           .reason = "mail: login.mail.example does not answer",
           .identity = "ana@acme.example",
           .expires_at = kNow + 12 * kMinute,
           .refresh_idle_at = kNow + 182 * kDay,
           .next_attempt_at = kNow + 40,
           .last_used_at = kNow - 3},
          {.account = "work",
           .provider = "bitbucket",
           .state = State::kFresh,
           .usable = true,
           .expires_at = kNow + kHour + 52 * kMinute + 7,
           .refresh_expires_at = kNow + 88 * kDay,
           .last_used_at = kNow - 3 * kMinute}};
}

}  // namespace

TEST_CASE("the table of states tells who needs what")
{
  CHECK("\n" + status_table(accounts(), {.state = wire::DaemonState::kOk}, {.now = kNow}) == R"(
ACCOUNT  PROVIDER   STATE        TOKEN       LOGIN ENDS     LAST USED
github   oauth2     fresh        no expiry   -              2 h ago
jira     oidc       needs login  -           -              5 min ago
         the provider revoked the login on 2026-05-01 09:12
         -> tokenctl login jira
mail     oidc       retrying     12 min      6 months idle  just now
         login.mail.example does not answer; next try in 40 s; still served
work     bitbucket  fresh        1 h 52 min  in 88 days     3 min ago

4 accounts: 2 fresh, 1 retrying, 1 needs you                           tokend ok
)");
}

TEST_CASE("a long name loses its middle in tables, and no line is wider than the terminal")
{
  std::vector<AccountStatus> all = accounts();
  const std::string begin = "production-", end = "-eu-west-1";
  const std::string name = begin + std::string(64 - begin.size() - end.size(), 'x') + end;
  all[1].account = name;
  all[1].next = "tokenctl login " + name;
  const std::string status = status_table(all, {}, {.now = kNow}), list = list_table(all, {.now = kNow});
  for (const std::string& text : {status, list}) {
    INFO(text);
    CHECK(text.contains("\nproducti"));
    CHECK(text.contains("-west-1  oidc"));
    CHECK_FALSE(text.contains(name + "  oidc"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) CHECK(columns_of(line) <= 80);
  }
  CHECK(status.contains(name + "\n"));  // of the command that helps
  CHECK(account_sheet(all[1], {.now = kNow}).contains(name + " (oidc, code)"));
}

TEST_CASE("what a provider refuses until somebody mends it shows how, what clears by itself does not")
{
  AccountStatus refused = accounts()[2];
  refused.next = "tokenctl set mail --client-secret-file -";
  for (const char* cause : {"bad_client", "bad_scope", "bad_redirect", "endpoint_changed"}) {
    refused.cause = cause;
    CHECK(status_table({refused}, {}, {.now = kNow})
              .contains("\n         -> tokenctl set mail --client-secret-file -\n"));
  }
  refused.cause = "network";
  CHECK_FALSE(status_table({refused}, {}, {.now = kNow}).contains("->"));
}

TEST_CASE("a daemon in trouble says so below the accounts")
{
  CHECK(status_table({},
                     {.state = wire::DaemonState::kDegraded, .reason = "the disk is full", .next = "free some space"},
                     {.now = kNow}) ==
        "no accounts yet: run 'tokenctl add NAME --issuer URL'            tokend degraded\n"
        "  the disk is full\n"
        "  -> free some space\n");
}

TEST_CASE("the list tells what each account is and what it is for")
{
  CHECK("\n" + list_table(accounts(), {.now = kNow}) == R"(
ACCOUNT  PROVIDER   FLOW    SIGNED IN AS      USED FOR
github   oauth2     device  ana               https://github.example
jira     oidc       code    ana@acme.example  https://acme.example (+1)
mail     oidc       code    ana@acme.example  -
work     bitbucket  code    -                 -
)");
}

TEST_CASE("the sheet of one account tells all that is known")
{
  const Utc utc;
  CHECK("\n" + account_sheet(accounts()[1], {.now = kNow}) == R"(
jira (oidc, code)                                                    needs login
  why         the provider revoked the login on 2026-05-01 09:12
  what next   tokenctl login jira
  since       2026-05-01 09:12 (5 min ago)
  token       none that is good now
  signed in   ana@acme.example
  used for    https://acme.example https://acme-2.example
  callback    http://localhost:28765/callback/oidc
  last used   2026-05-01 09:12 (5 min ago)
  last error  token endpoint: 403 invalid_grant, 2026-05-01 09:12
)");
}

TEST_CASE("the sheet tells what an account is bound to, and since when somebody is signed in")
{
  const Utc utc;
  AccountStatus account = accounts()[3];
  account.client_id = "me";
  account.since = kNow - kHour;
  account.signed_in_at = kNow - 2 * kDay;
  account.issuer = "https://i.example";
  account.authorization_endpoint = "https://i.example/authorize";
  account.token_endpoint = "https://i.example/token";
  account.client_auth = "basic";
  account.scopes = {"repo", "email"};
  account.params = {{"prompt", "consent"}, {"audience", "api"}};
  CHECK("\n" + account_sheet(account, {.now = kNow}) == R"(
work (bitbucket, code)                                                     fresh
  since       2026-05-01 08:17 (1 h ago)
  token       1 h 52 min
  signed in   the provider does not say who
  issuer      https://i.example
  authorize   https://i.example/authorize
  tokens at   https://i.example/token
  client id   me (basic)
  scopes      repo email
  params      prompt=consent audience=api
  login       since 2026-04-29 09:17; ends 2026-07-28 09:17 (in 88 days)
  last used   2026-05-01 09:14 (3 min ago)
)");
}

TEST_CASE("tables fit in 80 columns, whatever stands in them")
{
  AccountStatus wide = accounts()[1];
  wide.account = std::string(64, 'n');
  wide.provider = std::string(40, 'p');
  wide.reason = "a sentence that is much longer than a line of the terminal can be, so that it has to go on below";
  const std::string text = status_table({accounts()[0], wide}, {}, {.now = kNow});
  CHECK(text.contains("\nnnnnnnnn…nnnnnnn  p"));
  CHECK_FALSE(text.contains(wide.provider));
  AccountStatus sensible = accounts()[3];
  sensible.provider = std::string(60, 'p');
  const std::string narrow = status_table({sensible}, {}, {.now = kNow});
  std::istringstream lines(text + narrow);
  for (std::string line; std::getline(lines, line);) CHECK(columns_of(line) <= 80);
}

TEST_CASE("what a provider wrote cannot move the cursor of a table")
{
  AccountStatus hostile = accounts()[0];
  hostile.identity = "ana\x1b[2J\nroot";
  hostile.urls = {"https://x\r"};
  CHECK(list_table({hostile}, {.now = kNow}).find_first_of("\x1b\r") == std::string::npos);
  CHECK(account_sheet(hostile, {.now = kNow}).find_first_of("\x1b\r") == std::string::npos);
}

TEST_CASE("one account's sheet says where a provider does not tell who has signed in")
{
  AccountStatus account = accounts().front();
  account.identity.clear();
  const std::string words = "signed in   the provider does not say who\n";
  CHECK(account_sheet(account, {.now = kNow}).contains(words));
  account.flow = Flow::kClientCredentials;
  CHECK_FALSE(account_sheet(account, {.now = kNow}).contains(words));
  account.flow = Flow::kCode;
  account.usable = false;
  CHECK_FALSE(account_sheet(account, {.now = kNow}).contains(words));
}

TEST_CASE("status exits with the first trouble in the order 7, 9, 3, 5")
{
  const wire::DaemonStatus ok, locked{.state = wire::DaemonState::kLocked};
  const AccountStatus fresh{.state = State::kFresh, .usable = true}, dead{.state = State::kNeedsLogin},
      never{.state = State::kSignedOut}, retrying{.state = State::kBackingOff},
      served{.state = State::kBackingOff, .usable = true, .cause = "network"};
  CHECK(exit_code_of({}, ok) == 0);
  CHECK(exit_code_of({fresh, served}, ok) == 0);
  CHECK(exit_code_of({fresh, retrying}, ok) == 5);
  CHECK(exit_code_of({retrying, dead}, ok) == 3);
  CHECK(exit_code_of({never}, ok) == 3);
  CHECK(exit_code_of({retrying}, locked) == 7);
}

TEST_CASE("status exits with 9 when a provider refuses an account, also while its last token is served")
{
  const std::string cause = GENERATE("bad_client", "bad_scope", "bad_redirect", "endpoint_changed", "no_metadata");
  const bool usable = GENERATE(true, false);
  const AccountStatus refused{.state = State::kBackingOff, .usable = usable, .cause = cause};
  const AccountStatus dead{.state = State::kNeedsLogin}, retrying{.state = State::kBackingOff};
  CHECK(exit_code_of({dead, refused, retrying}, wire::DaemonStatus{}) == 9);
  CHECK(exit_code_of({refused}, wire::DaemonStatus{.state = wire::DaemonState::kLocked}) == 7);
}

TEST_CASE("times are told as people tell them")
{
  CHECK(duration(-5) == "0 s");
  CHECK(duration(59) == "59 s");
  CHECK(duration(60) == "1 min");
  CHECK(duration(kHour) == "1 h");
  CHECK(duration(kHour + 52 * kMinute) == "1 h 52 min");
  CHECK(duration(kDay) == "1 day");
  CHECK(duration(88 * kDay) == "88 days");
  CHECK(duration(182 * kDay) == "6 months");
  CHECK(ago(kNow, kNow) == "just now");
  CHECK(ago(kNow + 30, kNow) == "just now");
  CHECK(ago(kNow - 2 * kHour - 5 * kMinute, kNow) == "2 h ago");
}
