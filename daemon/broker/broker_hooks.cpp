// Who tells whom: the parts of the broker know nothing of each other but through what is set here.
#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/broker.hpp"

namespace tokend {

void Broker::connect()
{
  exchanges_.set_hooks({
      .consent_saved = [this](GrantEntry& entry) { logins_.consent_saved(entry); },
      .published =
          [this](GrantEntry& entry, const TokenKey& key) {
            tokens_.published(entry, key);
            service_logins_.published(entry);
            for (const AccountId id : entry.accounts)
              events_.tell(wire::EventKind::kRefreshed, status_of(*registry_.find(id)));
          },
      .failed =
          [this](GrantEntry& entry, const TokenKey* only) {
            tokens_.failed(entry, only);
            if (!only) service_logins_.failed(entry);
          },
      .consent_failed = [this](GrantId id, const Trouble& why) { logins_.consent_failed(id, why); },
      .consent_refused = [this](GrantId id, const ConsentRefused& why) { logins_.consent_refused(id, why); },
      .unwanted = [this](const GrantEntry& entry, const TokenResponse& minted) { departures_.unwanted(entry, minted); },
      .discarding = [this](const GrantEntry& entry) { departures_.discarding(entry); },
      .changed = [this](GrantEntry& entry) { grant_changed(entry); },
      .gone =
          [this](GrantId id) {
            ageing_.forget(id);
            grant_rested(id);
          },
  });
  ageing_.on_warning([this](GrantEntry& entry, int days) {
    if (entry.accounts.empty() || !notices_.ending(*registry_.find(*entry.accounts.begin()), days)) return false;
    exchanges_.save(entry);
    for (const AccountId id : entry.accounts) events_.tell(wire::EventKind::kAgeing, status_of(*registry_.find(id)));
    return true;
  });
  logins_.on_rearm([this] { rearm(); });
  tokens_.on_rearm([this] { rearm(); });
  tokens_.on_rejected([this](const Account& account) {
    events_.tell(wire::EventKind::kRejected, status_of(*registry_.find(account.id)));
  });
  tokens_.on_wish([this](const Account& account, const Error& obstacle, const Waiter& waiter) {
    notices_.wish(account, obstacle, waiter.program());
  });
  tokens_.on_service_account([this](Account& account) { service_logins_.start(account); });
  service_logins_.on_changed([this](AccountId id) { account_changed(id); });
  logins_.on_changed([this](AccountId id) { account_changed(id); });
  changes_.on_told([this](wire::EventKind kind, const Account& account) {
    logins_.cancel(account.id, account.name + ": its definition was changed");
    service_logins_.redefined(*registry_.find(account.id));
    events_.tell(kind, status_of(*registry_.find(account.id)));
  });
  changes_.on_settled([this](AccountId id) { departures_.row_settled(id); });
  changes_.on_gone([this](Account& account) {
    logins_.cancel(account.id, account.name + ": it could not be saved");
    tokens_.gone(account, no_such_account(registry_, account.name));
  });
  departures_.on_stayed([this](Account& account) { events_.tell(wire::EventKind::kState, status_of(account)); });
  departures_.on_told([this](Departures::Kind kind, const Account& account) {
    const bool removed = kind == Departures::Kind::kRemove;
    service_logins_.left(account, removed ? no_such_account(registry_, account.name) : never_signed_in(account));
    if (!removed) return account_changed(account.id);
    logins_.cancel(account.id, account.name + ": the account was removed");
    events_.tell(wire::EventKind::kRemoved, status_of(*registry_.find(account.id)));
    events_.forget(account.name);
    reports_.forget(account.name);
    notices_.forget(account.id);
  });
  locking_.set_hooks({
      .hold =
          [this] {
            tokens_.hold(Locking::locked());
            logins_.cancel_all("the vault was locked");
          },
      .go_on = [this] { tokens_.go_on(); },
      .changed =
          [this] {
            tell_daemon_if_changed();
            rearm();
          },
  });
  outstanding_.on_rest([this] { locking_.at_rest(); });
  ports_.link.on_up([this] { exchanges_.link_came_up(); });
  ports_.loop.on_alarm([this] { on_alarm(); });
}

}  // namespace tokend
