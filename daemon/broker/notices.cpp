#include "daemon/broker/notices.hpp"

#include <fmt/format.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/core/token_response.hpp"

namespace tokend {
namespace {

constexpr std::size_t kLongestName = 32;  // of a program

}  // namespace

void Notices::wish(const Account& account, const Error& obstacle, std::string_view program)
{
  const auto last = told_.find(account.id);
  if ((last != told_.end() && loop_.now() < last->second + kPerAccount) || !may_tell(wishes_)) return;
  told_[account.id] = loop_.now();
  const std::string asker = program.empty() ? "a program" : escaped(program, kLongestName);
  tell(account, obstacle.cause, fmt::format("{} needs a login, asked by {} (unverified)", account.name, asker));
}

bool Notices::ending(const Account& account, int days)
{
  if (!may_tell(endings_)) return false;
  tell(account, "login_ends",
       fmt::format("the login of {} ends within {} {}", account.name, days, days == 1 ? "day" : "days"));
  return true;
}

void Notices::tell(const Account& account, std::string cause, std::string sentence)
{
  notifier_.tell({account.name, std::move(cause), std::move(sentence), next_login(account)});
}

bool Notices::may_tell(Hour& hour)
{
  const BootTime now = loop_.now();
  while (!hour.empty() && hour.front() + std::chrono::hours(1) <= now) hour.pop_front();
  if (hour.size() >= kMostInAnHour) return false;
  hour.push_back(now);
  return true;
}

}  // namespace tokend
