// The sentences that people read when an account cannot give a token: one error per situation, each with the command
// that helps. All of them are made here, from what the registry knows; none holds a secret or a provider's body.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "daemon/broker/registry.hpp"
#include "proto/error.hpp"

namespace tokend {

Error no_such_account(const Registry&, std::string_view name);  // with names that are close
Error lost_account(std::string_view name);                      // its row is on disk, and cannot be read
Error never_signed_in(const Account&);  // or signed out, or its login is damaged or went with a changed definition
bool is_login_damaged(const Account&);  // it has one on disk, which cannot be opened
Error definition_changed(const Account&);
Error outgrown(const Account&);  // served on, but a login is due
Error stopping(const Account* waited_for);
Error no_login_pending(const std::string& account);
Error anothers_flow(const Account&);  // a person's login of the app's own account, or the other way round
Error needs_login(const Account&, const Trouble* why);  // dead, or cannot be refreshed
Error no_refresh_token(const Account&);                 // its token is good, and is the last of this login
Error set_aside(const Account&, const Trouble& why);    // an answer that cannot be read
struct NextTry {
  Seconds in;
  WallTime at;
};
Error in_trouble(const Account&, const Trouble&, const std::optional<NextTry>&);
Error no_answer_in_time(const Account&);
Error consent_error(const Account&, const Trouble&);  // the exchange of a login failed
Error ends_soon(const Account&, WallTime at);         // not yet, and nothing that tokend does can help
Error disk_refused(const std::string& account, DiskTrouble);
Error being_changed(const std::string& account);

// Whatever keeps this account from giving a token now.
Error obstacle(const Account&, const GrantEntry*, BootTime now, const TokenKey& key = {});

// What helps when the disk has refused; empty: the cause is another. where: the state directory, if that is to be told.
std::string disk_advice(std::string_view cause, std::string_view where = {});

std::string next_login(const Account&);  // "tokenctl login NAME"

}  // namespace tokend
