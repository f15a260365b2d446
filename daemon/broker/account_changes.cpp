#include "daemon/broker/account_changes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_sealing.hpp"
#include "daemon/broker/definition_merge.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/core/redirect.hpp"
#include "daemon/core/url.hpp"
#include "proto/account_name.hpp"

namespace tokend {
namespace {

// The provider gives one only to who has the callback URL, which is what a dry run is asked for.
constexpr std::string_view kClientIdToCome = "to come";

Error bad_name()
{
  Error error{.code = ErrorCode::kInvalidParameter, .reason = fmt::format("an account's name is {}", kAccountNameRule)};
  error.subject = "account";
  return error;
}

Error damaged_has_it(const std::string& account)
{
  Error error = lost_account(account);
  error.code = ErrorCode::kAccountExists;
  return error;
}

Error exists(const std::string& account)
{
  Error error{.code = ErrorCode::kAccountExists, .reason = fmt::format("there is an account {} already", account)};
  error.next = fmt::format("tokenctl set {} ...", account);
  error.account = account;
  return error;
}

std::string callback_of(const AccountDefinition& definition, const Config& config)
{
  if (definition.flow != Flow::kCode) return {};
  const auto redirect = redirect_uri_of(definition, config.redirect_port);
  return redirect ? redirect->text : std::string();
}

bool had_login(const Account& account) { return account.grant || account.unreadable_grant; }

LoginEnd end_of_login(const Account& account, const AccountDefinition& after, bool keeps_grant)
{
  const bool redefined = (had_login(account) && !keeps_grant) || account.ended == LoginEnd::kRedefined;
  if (!redefined) return account.ended;
  return after.flow == Flow::kClientCredentials ? LoginEnd::kNone : LoginEnd::kRedefined;  // it needs no person
}

// A secret that is entered is entered for what the next discovery finds.
std::vector<std::string> origins_after(const Account& account, const AccountDefinition& after,
                                       const wire::Definition& given)
{
  const bool anew = given.client_secret || account.definition.issuer != after.issuer ||
                    !new_origins(account.definition, after).empty();
  return anew ? std::vector<std::string>{} : account.fixed_origins;
}

ClientSecret presence(bool has_secret) { return has_secret ? ClientSecret::kPresent : ClientSecret::kAbsent; }

}  // namespace

Result<void> AccountChanges::check(const AccountDefinition& definition, const std::string& account) const
{
  if (auto valid = validate(definition); !valid) return valid;
  if (definition.flow != Flow::kCode) return {};
  std::vector<RedirectUser> others;
  for (const auto& [name, id] : registry_.by_name())
    if (name != account) others.push_back({name, registry_.find(id)->definition});
  return check_redirect_is_free(definition, others, config_.redirect_port);
}

Client AccountChanges::new_client(const AccountDefinition& definition, const wire::Definition& given)
{
  Client client{.id = registry_.next_client_id(), .issuer = definition.issuer, .client_id = definition.client_id};
  if (client.issuer.empty())
    if (const auto endpoint = parse_url(definition.token_endpoint)) client.issuer = origin(*endpoint);
  if (given.client_secret) client.secret = sealed_secret(client.id, *given.client_secret);
  return client;
}

SealedBytes AccountChanges::sealed_secret(ClientId client, const Secret& secret)
{
  return secret.empty() ? SealedBytes{} : vault_.seal_client_secret(client, secret);
}

ClientRow AccountChanges::row_of(const Client& client) const
{
  return {client.id, client.issuer, client.client_id, client.secret};
}

std::optional<Error> AccountChanges::name_taken(const std::string& account)
{
  if (const Account* there = registry_.find(account)) return there->leaving ? being_changed(account) : exists(account);
  if (registry_.find_lost(account)) return damaged_has_it(account);
  return std::nullopt;
}

void AccountChanges::add(wire::AddAccountCall call, Waiter& waiter)
{
  const Topic operation = operations_.next();
  waiters_.park(waiter, operation);
  if (!is_account_name(call.account)) return waiters_.fail(waiter, bad_name());
  if (auto error = name_taken(call.account)) return waiters_.fail(waiter, *error);
  AccountDefinition definition;
  if (auto merged = merge(call.definition, definition); !merged) return waiters_.fail(waiter, merged.error());
  if (call.dry_run && definition.client_id.empty()) definition.client_id = kClientIdToCome;
  if (auto valid = check(definition, call.account); !valid) return waiters_.fail(waiter, valid.error());
  if (call.dry_run) return waiters_.answer(waiter, json_of(wire::AddAccountReply{callback_of(definition, config_)}));
  const bool has_secret = call.definition.client_secret && !call.definition.client_secret->empty();
  if (auto valid = check_secret(definition, presence(has_secret)); !valid) return waiters_.fail(waiter, valid.error());
  const Client& client = registry_.add(new_client(definition, call.definition));
  Account& account = registry_.add(Account{.id = registry_.next_account_id(),
                                           .name = call.account,
                                           .definition = std::move(definition),
                                           .client = client.id,
                                           .created = ports_.loop.wall()});
  seal(account, vault_);
  Unit unit{.changes = {row_of(client), exchanges_.row_of(account)}};
  ports_.store.commit(std::move(unit),
                      [this, name = account.name, operation](Committed outcome) { added(name, operation, outcome); });
}

void AccountChanges::added(const std::string& name, Topic operation, Committed outcome)
{
  Account* account = registry_.find(name);
  if (!account) return;
  if (!outcome) {
    const ClientId client = *account->client;
    tell_gone_(*account);
    registry_.remove(account->id);
    registry_.remove(client);
    return waiters_.fail_all(operation, disk_refused(name, outcome.error()));
  }
  waiters_.answer_all(operation, json_of(wire::AddAccountReply{callback_of(account->definition, config_)}));
  told_(wire::EventKind::kAdded, *account);
}

// A secret that was entered for one place is not taken to another unasked.
Result<void> AccountChanges::check_client_secret(const Account& account, const AccountDefinition& definition,
                                                 const wire::Definition& given) const
{
  const bool held = !registry_.find(*account.client)->secret.empty();
  const bool has_secret = given.client_secret ? !given.client_secret->empty() : held;
  if (auto valid = check_secret(definition, presence(has_secret)); !valid) return valid;
  const auto origins = new_origins(account.definition, definition);
  if (!held || given.client_secret || origins.empty()) return {};
  Error error{.code = ErrorCode::kInvalidDefinition, .subject = "clientSecret"};
  error.reason = fmt::format(
      "the client secret was entered for {}; to send it to {} too, give it again: "
      "--client-secret-file FILE, or - for stdin",
      fmt::join(secret_origins(account.definition), ", "), fmt::join(origins, ", "));
  return fail(std::move(error));
}

// The default depends on the secret and on what the provider has announced: what it comes to is compared. A client that
// gets its first secret is the same client.
bool AccountChanges::same_auth(const Account& account, const AccountDefinition& after,
                               const wire::Definition& given) const
{
  const GrantEntry* entry = registry_.grant_of(account);
  const Metadata* metadata = entry && entry->record.metadata ? &*entry->record.metadata : nullptr;
  const bool held = !registry_.find(*account.client)->secret.empty();
  const bool has_secret = given.client_secret ? !given.client_secret->empty() : held;
  const ClientAuth before = client_auth_of(account.definition, metadata, presence(held));
  return before == ClientAuth::kNone || before == client_auth_of(after, metadata, presence(has_secret));
}

bool AccountChanges::same_binding(const Account& account, const AccountDefinition& after,
                                  const wire::Definition& given) const
{
  const AccountDefinition& before = account.definition;
  return before.issuer == after.issuer && before.token_endpoint == after.token_endpoint &&
         before.client_id == after.client_id && before.flow == after.flow && same_auth(account, after, given);
}

bool AccountChanges::needs_login(const Account& account, const AccountDefinition& after, bool keeps_grant) const
{
  const GrantEntry* entry = registry_.grant_of(account);
  if (!entry || after.flow == Flow::kClientCredentials) return false;
  return !keeps_grant || outgrows(after, entry->record.definition);
}

void AccountChanges::update(Account& account, wire::UpdateAccountCall call, Waiter& waiter)
{
  const Topic operation = operations_.next();
  waiters_.park(waiter, operation);
  if (account.changing) return waiters_.fail(waiter, being_changed(account.name));
  AccountDefinition definition = account.definition;
  auto changed = merge(call.definition, definition);
  if (!changed) return waiters_.fail(waiter, changed.error());
  if (auto valid = check(definition, account.name); !valid) return waiters_.fail(waiter, valid.error());
  if (auto valid = check_client_secret(account, definition, call.definition); !valid)
    return waiters_.fail(waiter, valid.error());
  wire::UpdateAccountReply reply{.changed = std::move(*changed)};
  if (call.definition.client_secret) reply.changed.emplace_back("clientSecret");
  const bool same = same_binding(account, definition, call.definition);
  reply.needs_login = needs_login(account, definition, same);
  if (call.dry_run || reply.changed.empty()) return waiters_.answer(waiter, json_of(reply));
  Change change{.client = client_for(account, definition, call.definition, same),
                .keeps_grant = same,
                .reply = std::move(reply),
                .operation = operation};
  auto fixed = origins_after(account, definition, call.definition);
  const LoginEnd ended = end_of_login(account, definition, same);
  const WallTime ended_at = had_login(account) && !same ? ports_.loop.wall() : account.ended_at;
  change.account = Account{.id = account.id,
                           .name = account.name,
                           .revision = account.revision + 1,
                           .definition = std::move(definition),
                           .fixed_origins = std::move(fixed),
                           .client = change.client.id,
                           .grant = same ? account.grant : std::nullopt,
                           .unreadable_grant = same ? account.unreadable_grant : std::nullopt,
                           .ended = ended,
                           .ended_at = ended_at,
                           .created = account.created,
                           .last_used = account.last_used,
                           .used_since_start = account.used_since_start};
  save(account, std::move(change));
}

Client AccountChanges::client_for(const Account& account, const AccountDefinition& definition,
                                  const wire::Definition& given, bool same_client)
{
  const Client& held = *registry_.find(*account.client);
  if (same_client) {
    Client client = held;
    if (given.client_secret) client.secret = sealed_secret(client.id, *given.client_secret);
    return client;
  }
  Client client = new_client(definition, given);
  if (!given.client_secret && !held.secret.empty())
    if (auto moved = vault_.move_client_secret(held.id, client.id, held.secret)) client.secret = std::move(*moved);
  return client;
}

}  // namespace tokend
