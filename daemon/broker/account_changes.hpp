// AddAccount and UpdateAccount: what a definition must be, what follows from changing one, and its rows on disk.
// Nothing is answered before it is durable; if the disk refuses, nothing has changed. A dry run only checks and tells.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/broker/exchanges.hpp"
#include "daemon/broker/logins.hpp"
#include "daemon/broker/operations.hpp"
#include "daemon/broker/registry.hpp"
#include "daemon/broker/waiters.hpp"
#include "daemon/core/config.hpp"
#include "proto/messages.hpp"

namespace tokend {

class AccountChanges {
 public:
  struct Ports {
    Loop& loop;
    TokenStore& store;
  };
  using Told = std::function<void(wire::EventKind, const Account&)>;

  AccountChanges(Ports ports, Registry& registry, Vault& vault, Exchanges& exchanges, Waiters& waiters,
                 Operations& operations, const Config& config)
      : ports_(ports),
        registry_(registry),
        vault_(vault),
        exchanges_(exchanges),
        waiters_(waiters),
        operations_(operations),
        config_(config)
  {
  }
  void on_told(Told told) { told_ = std::move(told); }
  void on_settled(std::function<void(AccountId)> settled) { settled_ = std::move(settled); }  // taken or refused
  void on_gone(std::function<void(Account&)> gone) { tell_gone_ = std::move(gone); }  // an add that the disk refused

  void add(wire::AddAccountCall, Waiter&);
  void update(Account&, wire::UpdateAccountCall, Waiter&);

 private:
  std::optional<Error> name_taken(const std::string& account);
  Result<void> check(const AccountDefinition&, const std::string& account) const;
  Client new_client(const AccountDefinition&, const wire::Definition&);
  SealedBytes sealed_secret(ClientId, const Secret&);
  ClientRow row_of(const Client&) const;
  void added(const std::string& account, Topic, Committed);
  Result<void> check_client_secret(const Account&, const AccountDefinition&, const wire::Definition&) const;
  bool same_auth(const Account&, const AccountDefinition& after, const wire::Definition&) const;
  bool same_binding(const Account&, const AccountDefinition& after, const wire::Definition&) const;
  bool needs_login(const Account&, const AccountDefinition& after, bool keeps_grant) const;
  struct Change {  // on its way to the disk; memory changes when it is there
    Account account;
    Client client;
    bool keeps_grant = true;
    wire::UpdateAccountReply reply;
    Topic operation;
  };
  Client client_for(const Account&, const AccountDefinition&, const wire::Definition&, bool same_client);
  void save(Account&, Change);
  void updated(Change&, Committed);
  void save_again(const Account&, const Change&);
  void send_away(const Account&);

  Ports ports_;
  Registry& registry_;
  Vault& vault_;
  Exchanges& exchanges_;
  Waiters& waiters_;
  Operations& operations_;
  const Config& config_;
  Told told_ = [](wire::EventKind, const Account&) {};
  std::function<void(AccountId)> settled_ = [](AccountId) {};
  std::function<void(Account&)> tell_gone_ = [](Account&) {};
};

}  // namespace tokend
