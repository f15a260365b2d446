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
  const std::string asker = program.empty() ? "a program" : escaped(program, kLongestName);
  tell(account, obstacle.cause, fmt::format("{} needs a login, asked by {} (unverified)", account.name, asker));
}

void Notices::ending(const Account& account, int days)
{
  tell(account, "login_ends",
       fmt::format("the login of {} ends within {} {}", account.name, days, days == 1 ? "day" : "days"));
}

void Notices::tell(const Account& account, std::string cause, std::string sentence)
{
  if (!may_tell(account.id)) return;
  notifier_.tell({account.name, std::move(cause), std::move(sentence), next_login(account)});
}

bool Notices::may_tell(AccountId account)
{
  const BootTime now = loop_.now();
  while (!last_hour_.empty() && last_hour_.front() + std::chrono::hours(1) <= now) last_hour_.pop_front();
  const auto last = told_.find(account);
  if (last_hour_.size() >= kMostInAnHour || (last != told_.end() && now < last->second + kPerAccount)) return false;
  last_hour_.push_back(now);
  told_[account] = now;
  return true;
}

}  // namespace tokend
