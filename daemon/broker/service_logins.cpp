#include "daemon/broker/service_logins.hpp"

#include <fmt/format.h>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/core/token_request.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

Topic topic_of(AccountId account) { return {Topic::Kind::kLoginWatcher, -number(account)}; }

ClientSecret presence(const Client& client)
{
  return client.secret.empty() ? ClientSecret::kAbsent : ClientSecret::kPresent;
}

}  // namespace

void ServiceLogins::login(Account& account, Waiter& waiter)
{
  waiters_.park(waiter, topic_of(account.id));
  GrantEntry* entry = registry_.grant_of(account);
  if (!entry) return start(account);
  exchanges_.feed(*entry, RefreshOrdered{});
  if (entry->machine.retry_at()) failed(*entry);  // a throttle is waited out by nobody
}

void ServiceLogins::start(Account& account)
{
  if (!starting_.insert(account.id).second) return;
  if (!needs_discovery(account.definition)) return make_grant(account, nullptr);
  ask_metadata(account.id, well_known_urls(account.definition.issuer));
}

void ServiceLogins::ask_metadata(AccountId id, std::vector<std::string> urls_left)
{
  const std::string url = std::move(urls_left.front());
  urls_left.erase(urls_left.begin());
  ports_.http.send(exchanges_.next_http_id(), metadata_request(url),
                   [this, id, urls_left = std::move(urls_left)](HttpOutcome outcome) mutable {
                     metadata_came(id, std::move(urls_left), outcome);
                   });
}

void ServiceLogins::metadata_came(AccountId id, std::vector<std::string> urls_left, const HttpOutcome& outcome)
{
  Account* account = registry_.find(id);
  if (!account) return void(starting_.erase(id));
  const bool not_here = outcome && outcome->status / 100 == 4 && !urls_left.empty();
  if (not_here) return ask_metadata(id, std::move(urls_left));
  if (!outcome || outcome->status != 200) {
    const Judgement judgement =
        judge(outcome, {AttemptKind::kClientCredentials, host_of(account->definition.issuer)}, ports_.loop.wall());
    const Trouble trouble{.cause = judgement.cause, .sentence = judgement.sentence};
    return give_up(*account, in_trouble(*account, trouble, {}));
  }
  auto metadata = parse_metadata(outcome->body.reveal(), account->definition.issuer);
  if (!metadata) return give_up(*account, metadata.error());
  make_grant(*account, &*metadata);
}

void ServiceLogins::make_grant(Account& account, const Metadata* metadata)
{
  const Client& client = *registry_.find(*account.client);
  auto provider = resolve(account.definition, metadata, presence(client));
  if (!provider) return give_up(account, provider.error());
  const Binding binding = binding_to(*provider, client.client_id);
  GrantEntry& entry = registry_.add(GrantEntry{.id = registry_.next_grant_id(),
                                               .client = client.id,
                                               .record = {.definition = account.definition},
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
  ports_.store.commit(std::move(unit), [this, account_id = account.id, grant = entry.id](Committed outcome) {
    granted(account_id, grant, outcome);
  });
}

void ServiceLogins::granted(AccountId id, GrantId grant, Committed outcome)
{
  Account* account = registry_.find(id);
  if (!account || !outcome) {
    registry_.remove(grant);
    if (account) return give_up(*account, disk_refused(account->name, outcome.error()));
    return void(starting_.erase(id));
  }
  starting_.erase(id);
  registry_.point(*account, grant);
  std::vector<TokenKey> wanted;
  waiters_.each(token_topic(id), [&](Waiter& waiter) { wanted.push_back(waiters_.wish_of(waiter)->key); });
  if (wanted.empty()) wanted.emplace_back();
  GrantEntry& entry = *registry_.find(grant);
  for (const TokenKey& key : wanted) exchanges_.feed(entry, TokenWanted{key, Urgency::kCaller});
}

void ServiceLogins::give_up(Account& account, const Error& error)
{
  starting_.erase(account.id);
  waiters_.fail_all(topic_of(account.id), error);
  tokens_.gone(account, error);
}

void ServiceLogins::published(GrantEntry& entry)
{
  for (const AccountId id : entry.accounts) waiters_.answer_all(topic_of(id), done_reply({}));
}

void ServiceLogins::failed(GrantEntry& entry)
{
  const Trouble* trouble = entry.machine.trouble();
  if (!trouble) return;
  for (const AccountId id : entry.accounts)
    waiters_.fail_all(topic_of(id), in_trouble(*registry_.find(id), *trouble, {}));
}

}  // namespace tokend
