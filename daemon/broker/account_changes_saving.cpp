// A changed definition on its way to the disk, and what follows when it is there.
#include <fmt/format.h>

#include "daemon/broker/account_changes.hpp"
#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_sealing.hpp"
#include "daemon/broker/replies.hpp"

namespace tokend {
namespace {

// The login's unit, which may hold the old row, has reached the disk; ours behind it has not.
Error half_saved(const std::string& account, DiskTrouble trouble)
{
  Error error = disk_refused(account, trouble);
  error.reason =
      fmt::format("{}: the change is in force, but may not be on disk: make it again before tokend stops", account);
  return error;
}

}  // namespace

void AccountChanges::save(Account& account, Change change)
{
  seal(change.account, vault_);
  Unit unit{.changes = {row_of(change.client), exchanges_.row_of(change.account)}};
  const auto old = registry_.sole_grant(account);
  if (!change.keeps_grant && old) unit.changes.push_back(DropGrant{*old});
  if (change.client.id != *account.client) unit.changes.push_back(DropClient{*account.client});
  account.changing = true;
  ports_.store.commit(std::move(unit), [this, change = std::move(change)](Committed outcome) mutable {
    updated(change, outcome);
    settled_(change.account.id);
  });
}

void AccountChanges::updated(Change& change, Committed outcome)
{
  Account* account = registry_.find(change.account.id);
  if (!account) return waiters_.fail_all(change.operation, no_such_account(registry_, change.account.name));
  account->changing = false;
  if (!outcome) return waiters_.fail_all(change.operation, disk_refused(account->name, outcome.error()));
  GrantEntry* entry = registry_.grant_of(*account);
  registry_.add(change.client);
  if (!change.keeps_grant) registry_.point(*account, std::nullopt);
  account->revision = change.account.revision;
  account->ended = change.account.ended;
  account->ended_at = change.account.ended_at;
  account->fixed_origins = std::move(change.account.fixed_origins);
  account->definition = std::move(change.account.definition);
  account->sealed = std::move(change.account.sealed);
  if (account->client != change.account.client) registry_.remove(*account->client);
  account->client = change.account.client;
  account->replies.clear();
  const bool again = exchanges_.saves_login_of(*account) && !account->leaving;
  if (entry && change.keeps_grant) exchanges_.redefine(*entry, account->definition);
  if (entry && entry->accounts.empty()) exchanges_.feed(*entry, Retired{});
  if (entry && !change.keeps_grant) send_away(*account);
  if (again) save_again(*account, change);
  else waiters_.answer_all(change.operation, json_of(change.reply));
  told_(wire::EventKind::kUpdated, *account);
}

// The unit of a login that is on its way to the disk may be behind ours, with the old row.
void AccountChanges::save_again(const Account& account, const Change& change)
{
  ports_.store.commit(
      Unit{.changes = {exchanges_.row_of(account)}},
      [this, name = account.name, operation = change.operation, reply = json_of(change.reply)](Committed outcome) {
        if (outcome) waiters_.answer_all(operation, reply);
        else waiters_.fail_all(operation, half_saved(name, outcome.error()));
      });
}

// Whoever waited for the login that is lost. A wish for a login waits on: the next one meets it.
void AccountChanges::send_away(const Account& account)
{
  waiters_.each(token_topic(account.id), [&](Waiter& waiter) {
    if (!waiters_.wish_of(waiter)->login) waiters_.fail(waiter, never_signed_in(account));
  });
}

}  // namespace tokend
