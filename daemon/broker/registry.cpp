#include "daemon/broker/registry.hpp"

#include <algorithm>

namespace tokend {

Account* Registry::find(std::string_view name)
{
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : find(found->second);
}

Account* Registry::find_present(std::string_view name)
{
  Account* account = find(name);
  return account && !account->leaving ? account : nullptr;
}

Account* Registry::next_present(std::string_view name)
{
  for (auto next = names_.upper_bound(name); next != names_.end(); ++next)
    if (Account* account = find_present(next->first)) return account;
  return nullptr;
}

Account* Registry::find(AccountId id)
{
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : found->second.get();
}

GrantEntry* Registry::find(GrantId id)
{
  const auto found = grants_.find(id);
  return found == grants_.end() ? nullptr : found->second.get();
}

Client* Registry::find(ClientId id)
{
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : &found->second;
}

GrantEntry* Registry::grant_of(const Account& account) { return account.grant ? find(*account.grant) : nullptr; }

std::optional<GrantId> Registry::sole_grant(const Account& account)
{
  if (const GrantEntry* entry = grant_of(account)) return entry->accounts.size() == 1 ? account.grant : std::nullopt;
  const auto& unreadable = account.unreadable_grant;
  return unreadable && is_anothers_too(*unreadable, account) ? std::nullopt : unreadable;
}

bool Registry::is_anothers_too(GrantId unreadable, const Account& account) const
{
  const auto lost = [&](const auto& item) { return item.second.grant == unreadable; };
  const auto other = [&](const auto& item) {
    return item.first != account.id && item.second->unreadable_grant == unreadable;
  };
  return std::ranges::any_of(lost_, lost) || std::ranges::any_of(accounts_, other);
}

Account& Registry::add(Account account)
{
  last_account_ = std::max(last_account_, number(account.id));
  names_.emplace(account.name, account.id);
  auto& kept = accounts_[account.id];
  kept = std::make_unique<Account>(std::move(account));
  link(*kept);
  return *kept;
}

GrantEntry& Registry::add(GrantEntry entry)
{
  last_grant_ = std::max(last_grant_, number(entry.id));
  auto& kept = grants_[entry.id];
  kept = std::make_unique<GrantEntry>(std::move(entry));
  return *kept;
}

Client& Registry::add(Client client)
{
  last_client_ = std::max(last_client_, number(client.id));
  return clients_[client.id] = std::move(client);
}

void Registry::continue_after(const HighestIds& highest)
{
  last_client_ = std::max(last_client_, number(highest.client));
  last_grant_ = std::max(last_grant_, number(highest.grant));
  last_account_ = std::max(last_account_, number(highest.account));
  last_token_ = std::max(last_token_, highest.token);
}

const LostAccount* Registry::find_lost(std::string_view name) const
{
  const auto found = lost_.find(name);
  return found == lost_.end() ? nullptr : &found->second;
}

void Registry::remove(AccountId id)
{
  Account* account = find(id);
  if (!account) return;
  point(*account, std::nullopt);
  names_.erase(account->name);
  accounts_.erase(id);
}

void Registry::remove(GrantId id) { grants_.erase(id); }

void Registry::remove(ClientId id) { clients_.erase(id); }

void Registry::point(Account& account, std::optional<GrantId> grant)
{
  if (GrantEntry* old = grant_of(account)) old->accounts.erase(account.id);
  account.grant = grant;
  account.unreadable_grant.reset();
  account.replies.clear();
  link(account);
}

void Registry::link(Account& account)
{
  GrantEntry* entry = grant_of(account);
  if (!entry) return;
  entry->accounts.insert(account.id);
  entry->had_account = true;
}

}  // namespace tokend
