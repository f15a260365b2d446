#include "daemon/broker/departures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_sealing.hpp"
#include "daemon/broker/replies.hpp"

namespace tokend {
namespace {

Error signed_in_again(const std::string& account)
{
  Error error{.code = ErrorCode::kTemporarilyUnavailable, .cause = "timed_out", .account = account};
  error.reason = fmt::format("{}: somebody signed in again meanwhile; nothing was forgotten", account);
  error.next = fmt::format("tokenctl status {}", account);
  return error;
}

template <class Id> bool anyone_has(Registry& registry, std::optional<Id> Account::* link, Id id)
{
  const auto has = [&](const auto& item) { return registry.find(item.second)->*link == id; };
  return std::ranges::any_of(registry.by_name(), has);
}

}  // namespace

void Departures::begin(Kind kind, Account& account, bool local_only, Waiter& waiter)
{
  Leaving leaving{.kind = kind,
                  .account = account.id,
                  .name = account.name,
                  .local_only = local_only,
                  .operation = operations_.next()};
  const auto coming = exchanges_.login_being_saved(account);  // too late to stop it: it is what leaves
  leaving.grant = coming ? coming : account.grant;
  if (const auto same = same_under_way(leaving)) return waiters_.park(waiter, *same);
  account.leaving = kind == Kind::kRemove;
  waiters_.park(waiter, leaving.operation);
  const GrantEntry* entry = leaving.grant ? registry_.find(*leaving.grant) : nullptr;
  if (entry && entry->machine.request_is_out()) {
    note_under_way(leaving);
    awaiting_.emplace(entry->id, std::move(leaving));
    return;
  }
  go_on(std::move(leaving));
}

void Departures::grant_rested(GrantId id)
{
  const GrantEntry* entry = registry_.find(id);
  if (entry && entry->machine.request_is_out()) return;
  auto range = awaiting_.extract(id);
  while (!range.empty()) {
    go_on(std::move(range.mapped()));
    range = awaiting_.extract(id);
  }
}

void Departures::go_on(Leaving leaving)
{
  no_more_under_way(leaving);
  const Account* account = registry_.find(leaving.account);
  if (!account) return waiters_.fail_all(leaving.operation, no_such_account(registry_, leaving.name));
  if (is_signed_in_again(leaving, *account)) return stay(leaving, signed_in_again(leaving.name));
  const GrantEntry* entry = registry_.grant_of(*account);
  const bool last_user = entry && (leaving.kind == Kind::kLogout || entry->accounts.size() == 1);
  if (!entry || leaving.local_only || !last_user) return forget(std::move(leaving));
  revoke(std::move(leaving), *entry);
}

bool Departures::is_signed_in_again(const Leaving& leaving, const Account& account)
{
  return account.grant && account.grant != leaving.grant;
}

void Departures::stay(const Leaving& leaving, const Error& why)
{
  if (leaving.grant) revoked_at_.erase(*leaving.grant);
  Account* account = registry_.find(leaving.account);
  if (account && leaving.kind == Kind::kRemove) {
    account->leaving = false;
    stayed_(*account);
  }
  waiters_.fail_all(leaving.operation, why);
}

std::vector<AccountId> Departures::signed_out_by(Kind kind, const Account& account)
{
  if (kind != Kind::kLogout) return {};
  if (const GrantEntry* entry = registry_.grant_of(account)) return {entry->accounts.begin(), entry->accounts.end()};
  return account.unreadable_grant ? std::vector{account.id} : std::vector<AccountId>{};
}

Unit Departures::unit_for(const Leaving& leaving, const std::vector<AccountId>& signed_out)
{
  Unit unit;
  for (const AccountId id : signed_out) {
    Account& account = *registry_.find(id);
    ++account.revision;
    account.ended = LoginEnd::kSignedOut;
    account.ended_at = ports_.loop.wall();
    seal(account, vault_);
    AccountRow row = exchanges_.row_of(account);
    row.grant.reset();
    unit.changes.push_back(std::move(row));
  }
  if (leaving.kind == Kind::kRemove) unit.changes.push_back(DropAccount{leaving.account});
  return unit;
}

void Departures::forget(Leaving leaving)
{
  Account* account = registry_.find(leaving.account);
  if (!account) return waiters_.fail_all(leaving.operation, no_such_account(registry_, leaving.name));
  if (is_signed_in_again(leaving, *account)) return stay(leaving, signed_in_again(leaving.name));
  if (account->changing) return void(behind_changes_.emplace(leaving.account, std::move(leaving)));
  commit(std::move(leaving), *account);
}

// What its damaged row names may be another's by now.
void Departures::give_up(const LostAccount& lost, bool local_only, Waiter& waiter)
{
  const Topic operation = operations_.next();
  waiters_.park(waiter, operation);
  Unit unit{.changes = {DropAccount{lost.id}}};
  ports_.store.commit(std::move(unit), [this, lost, local_only, operation](Committed outcome) {
    if (!outcome) return waiters_.fail_all(operation, disk_refused(lost.name, outcome.error()));
    given_up(lost, local_only);
    waiters_.answer_all(operation, json_of(wire::RemoveAccountReply{}));
  });
}

void Departures::given_up(const LostAccount& lost, bool local_only)
{
  registry_.give_up_lost(lost.name);
  GrantEntry* entry = lost.grant ? registry_.find(*lost.grant) : nullptr;
  if (entry && entry->accounts.empty()) {
    entry->had_account = local_only;  // else it is revoked as it goes
    exchanges_.feed(*entry, Retired{});
  }
  Unit rest;
  if (lost.grant && !entry && !anyone_has(registry_, &Account::unreadable_grant, *lost.grant))
    rest.changes.push_back(DropGrant{*lost.grant});
  if (lost.client && !anyone_has(registry_, &Account::client, *lost.client))
    rest.changes.push_back(DropClient{*lost.client});
  ports_.store.commit(std::move(rest), [](Committed) {});
}

void Departures::row_settled(AccountId id)
{
  for (auto waiting = behind_changes_.extract(id); !waiting.empty(); waiting = behind_changes_.extract(id)) {
    forget(std::move(waiting.mapped()));
    const Account* account = registry_.find(id);
    if (account && account->changing) return;  // its turn comes when that is settled
  }
}

void Departures::commit(Leaving leaving, Account& account)
{
  const std::vector<AccountId> signed_out = signed_out_by(leaving.kind, account);
  Unit unit = unit_for(leaving, signed_out);
  const auto going = signed_out.size() > 1 ? account.grant : registry_.sole_grant(account);
  if (going) unit.changes.push_back(DropGrant{*going});
  if (leaving.kind == Kind::kRemove)  // and what a cancelled login may have left with this client
    for (const auto& [id, other] : registry_.grants())
      if (account.client == other->client && account.grant != id) unit.changes.push_back(DropGrant{id});
  if (leaving.kind == Kind::kRemove && account.client) unit.changes.push_back(DropClient{*account.client});
  account.changing = true;
  ports_.store.commit(std::move(unit), [this, leaving = std::move(leaving), signed_out](Committed outcome) {
    if (Account* still = registry_.find(leaving.account)) still->changing = false;
    forgotten(leaving, signed_out, outcome);
    row_settled(leaving.account);
  });
}

void Departures::forgotten(const Leaving& leaving, const std::vector<AccountId>& signed_out, Committed outcome)
{
  Account* account = registry_.find(leaving.account);
  if (!account) return waiters_.fail_all(leaving.operation, no_such_account(registry_, leaving.name));
  if (!outcome) return stay(leaving, disk_refused(leaving.name, outcome.error()));
  if (leaving.kind == Kind::kRemove) account->leaving = false;
  GrantEntry* entry = registry_.grant_of(*account);
  wire::LogoutReply reply{.revoked = leaving.revoked, .reason = leaving.reason, .revoke_page = leaving.page};
  for (const AccountId id : signed_out) {
    Account* other = registry_.find(id);
    if (!other) continue;
    if (id != leaving.account) reply.also_signed_out.push_back(other->name);
    registry_.point(*other, std::nullopt);
    tokens_.gone(*other, never_signed_in(*other));
  }
  if (leaving.kind == Kind::kRemove) {
    tokens_.gone(*account, no_such_account(registry_, leaving.name));
    registry_.point(*account, std::nullopt);
  }
  if (entry && entry->accounts.empty()) exchanges_.feed(*entry, Retired{});
  told_(leaving.kind, *account);
  if (leaving.kind == Kind::kLogout) return waiters_.answer_all(leaving.operation, json_of(reply));
  if (account->client) registry_.remove(*account->client);
  registry_.remove(leaving.account);
  waiters_.answer_all(leaving.operation,
                      json_of(wire::RemoveAccountReply{leaving.revoked, leaving.reason, leaving.page}));
}

}  // namespace tokend
