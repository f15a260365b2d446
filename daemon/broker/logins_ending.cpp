// How the exchange at the end of a login went: told by the exchanges, in words for the person.
#include <fmt/format.h>

#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/logins.hpp"

namespace tokend {
namespace {

// What the provider said, for a page. A 2xx that could not be used says nothing that helps.
std::string short_name(const Trouble& trouble)
{
  if (!trouble.error.empty() || trouble.status == 0 || trouble.status / 100 == 2) return trouble.error;
  return fmt::format("HTTP {}", trouble.status);
}

LoginLasts lasts(const GrantRecord& record)
{
  if (record.can_refresh) return LoginLasts::kRenewed;
  const bool ends =
      std::ranges::any_of(record.tokens, [](const TokenNote& token) { return token.lifetime.has_value(); });
  return ends ? LoginLasts::kUntilItsTokenEnds : LoginLasts::kUntilRevoked;
}

}  // namespace

void Logins::consent_saved(GrantEntry& entry)
{
  Running* running = of_grant(entry.id);
  if (!running) return;
  running->grant.reset();
  const auto& identity = entry.record.identity;
  feed(*running, login::ExchangeSaved{identity ? identity->label : std::string(), lasts(entry.record)});
}

std::string Logins::hint_at_end(AccountId id)
{
  const Account* account = registry_.find(id);
  const GrantEntry* entry = account ? registry_.grant_of(*account) : nullptr;
  const bool ends = entry && lasts(entry->record) == LoginLasts::kUntilItsTokenEnds;
  return ends ? no_refresh_token(*account).reason : std::string();
}

void Logins::consent_failed(GrantId grant, const Trouble& trouble)
{
  Running* running = of_grant(grant);
  if (!running) return;
  running->grant.reset();
  const Account* account = registry_.find(running->account);
  if (account) feed(*running, login::ExchangeFailed{consent_error(*account, trouble), short_name(trouble)});
}

void Logins::consent_refused(GrantId grant, const ConsentRefused& refused)
{
  Running* running = of_grant(grant);
  if (!running) return;
  running->grant.reset();
  if (!refused.now.empty()) return feed(*running, login::IdentityDiffered{refused.now, refused.before});
  feed(*running, login::ExchangeFailed{refused.error, "id_token"});
}

std::optional<AccountId> Logins::account_of(Topic topic) const
{
  const auto found = running_.find(topic.number);
  return found == running_.end() ? std::nullopt : std::optional(found->second->account);
}

void Logins::note_end(AccountId id, const Result<std::string>& outcome)
{
  Account* account = registry_.find(id);
  if (!account) return;
  account->failed_login.reset();
  if (!outcome) account->failed_login = {outcome.error().reason, ports_.loop.wall()};
}

}  // namespace tokend
