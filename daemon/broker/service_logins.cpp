#include "daemon/broker/service_logins.hpp"

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/core/login_outcome.hpp"
#include "daemon/core/refresh_policy.hpp"
#include "daemon/core/token_request.hpp"

namespace tokend {
namespace {

Alarms::Owner owner(AccountId account) { return static_cast<Alarms::Owner>(number(account)); }

ClientSecret presence(const Client& client)
{
  return client.secret.empty() ? ClientSecret::kAbsent : ClientSecret::kPresent;
}

ErrorClass class_of(const Error& why)
{
  if (why.code == ErrorCode::kProviderRefused) return ErrorClass::kConfig;
  return why.cause == "rate_limited" ? ErrorClass::kThrottle : ErrorClass::kTransient;
}

bool can_clear_by_itself(const Trouble& trouble) { return trouble.what != ErrorClass::kConfig; }

Trouble noted(const std::optional<SearchFailure>& before, const Error& why, const Moment& now)
{
  const ErrorClass what = class_of(why);
  const bool goes_on = before && before->trouble.what == what;
  Trouble trouble = goes_on ? before->trouble : Trouble{.what = what, .since = now.wall};
  trouble.cause = why.cause;
  trouble.sentence = why.reason;
  trouble.last = now.wall;
  trouble.last_try = now.boot;
  ++trouble.failures;
  return trouble;
}

BootTime next_search(const Trouble& trouble, const Error& why, const Moment& now)
{
  BackOff wait{.failures = trouble.failures, .retry_after = {}, .unreachable = is_unreachable(why.cause)};
  if (why.retry_after) wait.retry_after = Seconds(*why.retry_after);
  return now.boot + back_off(wait, now.jitter);
}

}  // namespace

void ServiceLogins::login(Account& account, Waiter& waiter)
{
  waiters_.park(waiter, service_login_topic(account.id));
  if (GrantEntry* entry = registry_.grant_of(account)) {
    exchanges_.feed(*entry, RefreshOrdered{});
    if (entry->machine.retry_at()) failed(*entry);  // a throttle is waited out by nobody
    return;
  }
  const auto& failure = account.search_failure;
  const bool throttled = failure && failure->trouble.what == ErrorClass::kThrottle;
  if (throttled && backs_off(account)) return waiters_.fail(waiter, obstacle(account, nullptr, ports_.loop.now()));
  search(account);
}

void ServiceLogins::start(Account& account)
{
  if (backs_off(account)) return fail_impatient(account);
  search(account);
}

bool ServiceLogins::backs_off(const Account& account) const
{
  if (!account.search_failure || account.searching) return false;
  const auto& [trouble, again] = *account.search_failure;
  const BootTime for_callers = trouble.last_try + kPatienceOfCallers;
  return ports_.loop.now() < (is_unreachable(trouble.cause) ? std::min(again, for_callers) : again);
}

void ServiceLogins::search(Account& account)
{
  if (std::exchange(account.searching, true)) return;
  if (!needs_discovery(account.definition)) return make_grant(account, nullptr);
  ask_next(account, {account.id, account.revision, MetadataSearch(account.definition.issuer)});
  changed_(account.id);
}

void ServiceLogins::ask_next(Account& account, Search begun)
{
  if (const auto url = begun.places.next())
    return ports_.http.send(
        exchanges_.next_http_id(), metadata_request(*url),
        [this, begun = std::move(begun)](HttpOutcome outcome) mutable { answered(std::move(begun), outcome); });
  if (begun.places.trouble()) return in_vain(account, *begun.places.trouble());
  make_grant(account, nullptr);
}

void ServiceLogins::answered(Search begun, const HttpOutcome& outcome)
{
  Account* account = registry_.find(begun.account);
  if (!account) return;
  if (account->revision != begun.revision) {  // it was about another definition
    account->searching = false;
    return search(*account);
  }
  const auto metadata = begun.places.read(outcome, ports_.loop.wall());
  if (metadata) return make_grant(*account, &*metadata);
  ask_next(*account, std::move(begun));
}

void ServiceLogins::make_grant(Account& account, const Metadata* metadata)
{
  // Its row is being changed or dropped: writing the one of now behind that would undo it.
  if (account.changing || account.leaving) return give_up(account, being_changed(account.name));
  const Client& client = *registry_.find(*account.client);
  auto provider = resolve(account.definition, metadata, presence(client));
  if (!provider) return in_vain(account, metadata ? provider.error() : login::no_metadata(account.definition));
  AllowedOrigins allowed = exchanges_.allowed_of(account, *provider);
  if (auto place = allowed.admit(provider->token_endpoint); !place) return in_vain(account, place.error());
  exchanges_.fix_origins(account, *provider);
  const Binding binding = binding_to(*provider, client.client_id);
  GrantEntry& entry =
      registry_.add(GrantEntry{.id = registry_.next_grant_id(),
                               .client = client.id,
                               .record = {.definition = account.definition, .origins = std::move(allowed)},
                               .binding = binding,
                               .consented = ports_.loop.wall(),
                               .rotated = ports_.loop.wall(),
                               .accounts = {},
                               .machine = Grant(std::move(*provider), ClientItself{})});
  if (metadata) entry.record.metadata = *metadata;
  SealedBytes sealed = vault_.seal_refresh({entry.id, Generation{}, binding}, to_json(entry.record, Secret()));
  AccountRow row = exchanges_.row_of(account);
  row.grant = entry.id;
  Unit unit{.changes = {exchanges_.row_of(entry, GrantStatus::kLive, Generation{}, std::move(sealed)), std::move(row)}};
  if (const auto damaged = registry_.sole_grant(account)) unit.changes.push_back(DropGrant{*damaged});
  ports_.store.commit(std::move(unit), [this, account_id = account.id, grant = entry.id](Committed outcome) {
    granted(account_id, grant, outcome);
  });
}

void ServiceLogins::granted(AccountId id, GrantId grant, Committed outcome)
{
  Account* account = registry_.find(id);
  if (!account || !outcome) {
    registry_.remove(grant);
    if (account) give_up(*account, disk_refused(account->name, outcome.error()));
    return;
  }
  account->searching = false;
  forget_failure(*account);
  registry_.point(*account, grant);
  std::vector<TokenKey> wanted;
  waiters_.each(token_topic(id), [&](Waiter& waiter) { wanted.push_back(waiters_.wish_of(waiter)->key); });
  if (wanted.empty()) wanted.emplace_back();
  GrantEntry& entry = *registry_.find(grant);
  for (const TokenKey& key : wanted) exchanges_.feed(entry, TokenWanted{key, Urgency::kCaller});
}

void ServiceLogins::give_up(Account& account, const Error& error)
{
  account.searching = false;
  waiters_.fail_all(service_login_topic(account.id), error);
  tokens_.gone(account, error);
  changed_(account.id);
}

void ServiceLogins::in_vain(Account& account, const Error& why)
{
  const Moment now = exchanges_.moment();
  account.searching = false;
  Trouble trouble = noted(account.search_failure, why, now);
  const BootTime again = next_search(trouble, why, now);
  account.search_failure = SearchFailure{std::move(trouble), again};
  alarms_.set(owner(account.id), again);
  waiters_.fail_all(service_login_topic(account.id), obstacle(account, nullptr, now.boot));
  fail_impatient(account);
  changed_(account.id);
}

void ServiceLogins::fail_impatient(Account& account)
{
  const bool clears = can_clear_by_itself(account.search_failure->trouble);
  const Error why = obstacle(account, nullptr, ports_.loop.now());
  waiters_.each(token_topic(account.id), [&](Waiter& waiter) {
    if (!clears || !waiters_.wish_of(waiter)->patient) waiters_.fail(waiter, why);
  });
}

void ServiceLogins::forget_failure(Account& account)
{
  account.search_failure.reset();
  alarms_.set(owner(account.id), std::nullopt);
}

void ServiceLogins::on_time()
{
  while (const auto due = alarms_.pop_due(ports_.loop.now())) {
    Account* account = registry_.find(AccountId{static_cast<std::int64_t>(*due)});
    if (account && waiters_.anyone(token_topic(account->id))) search(*account);
  }
}

void ServiceLogins::redefined(Account& account)
{
  if (!account.search_failure) return;
  forget_failure(account);
  if (waiters_.anyone(token_topic(account.id))) search(account);
}

void ServiceLogins::left(const Account& account, const Error& why)
{
  waiters_.fail_all(service_login_topic(account.id), why);
}

void ServiceLogins::published(GrantEntry& entry)
{
  for (const AccountId id : entry.accounts) waiters_.answer_all(service_login_topic(id), done_reply({}, {}));
}

void ServiceLogins::failed(GrantEntry& entry)
{
  const Trouble* trouble = entry.machine.trouble();
  if (!trouble) return;
  for (const AccountId id : entry.accounts)
    waiters_.fail_all(service_login_topic(id), in_trouble(*registry_.find(id), *trouble, {}));
}

}  // namespace tokend
