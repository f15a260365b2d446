#include "daemon/broker/tokens.hpp"

#include <algorithm>

#include "daemon/broker/account_errors.hpp"
#include "daemon/broker/account_status.hpp"
#include "daemon/broker/replies.hpp"
#include "daemon/broker/wish_rules.hpp"
#include "daemon/core/refresh_policy.hpp"

namespace tokend {
namespace {

constexpr Seconds kLoginTimeout{wire::kDefaultLoginTimeout};

bool same_set(const wire::ScopeViews& asked, const std::vector<std::string>& sorted)
{
  const auto is_in = [&](std::string_view scope) { return std::ranges::binary_search(sorted, scope, std::less<>{}); };
  const auto was_asked = [&](const std::string& scope) { return std::ranges::find(asked, scope) != asked.end(); };
  return std::ranges::all_of(asked, is_in) && std::ranges::all_of(sorted, was_asked);
}

bool is_for(const wire::GetTokenCall& call, const TokenKey& key)
{
  return key.resource == call.resource && key.audience == call.audience && same_set(call.scopes, key.scopes);
}

TokenKey key_of(const wire::GetTokenCall& call)
{
  TokenKey key{{call.scopes.begin(), call.scopes.end()}, std::string(call.resource), std::string(call.audience)};
  std::ranges::sort(key.scopes);
  const auto repeated = std::ranges::unique(key.scopes);
  key.scopes.erase(repeated.begin(), repeated.end());
  return key;
}

Seconds min_ttl_of(const wire::GetTokenCall& call) { return Seconds(call.min_ttl.value_or(kDefaultMinTtl.count())); }

TokenWish wish_of(const wire::GetTokenCall& call, const Account& account)
{
  TokenWish wish{.account = account.id, .key = key_of(call)};
  if (call.min_ttl) wish.min_ttl = Seconds(*call.min_ttl);
  wish.patient = call.timeout.has_value();
  wish.login = call.login;
  return wish;
}

Error account_is_gone()
{
  return {.code = ErrorCode::kNoSuchAccount, .reason = "the account was removed meanwhile", .next = "tokenctl list"};
}

bool was_used_today(const Account& account, WallTime now)
{
  const auto day = [](WallTime at) { return std::chrono::floor<std::chrono::days>(at); };
  return account.last_used && day(*account.last_used) == day(now);
}

void note_use(Account& account, WallTime now)
{
  account.last_used = now;
  account.used_since_start = true;
}

bool can_clear_by_itself(const Trouble& trouble)
{
  return trouble.what == ErrorClass::kTransient || trouble.what == ErrorClass::kThrottle;
}

}  // namespace

const ReadyReply* Tokens::ready(const wire::GetTokenCall& call)
{
  Account* account = registry_.find_present(call.account);
  GrantEntry* entry = account ? registry_.grant_of(*account) : nullptr;
  if (!entry || !was_used_today(*account, loop_.wall())) return nullptr;  // the first use of a day is written down
  for (CachedReply& cached : account->replies) {
    if (!is_for(call, cached.key)) continue;
    const AccessToken* token = entry->machine.usable(cached.key, min_ttl_of(call), loop_.now());
    if (!token || static_cast<std::uint64_t>(token->row) != cached.reply.serial) return nullptr;
    cached.reply.last_used = loop_.now();
    note_use(*account, loop_.wall());
    return &cached.reply;
  }
  return nullptr;
}

void Tokens::get(const wire::GetTokenCall& call, Waiter& waiter)
{
  Account* account = registry_.find_present(call.account);
  const auto wait = call.timeout ? Seconds(*call.timeout) : call.login ? kLoginTimeout : kDefaultTimeout;
  const TokenWish wish = account ? wish_of(call, *account) : TokenWish{};
  waiters_.park(waiter, wish, loop_.now() + wait);
  if (!account) return waiters_.fail(waiter, no_such_account(registry_, call.account));
  if (auto valid = check_wish(call); !valid) return waiters_.fail(waiter, valid.error());
  if (held_ && !wish.patient) return waiters_.fail(waiter, *held_);
  const bool first_today = !was_used_today(*account, loop_.wall());
  note_use(*account, loop_.wall());
  GrantEntry* entry = held_ ? nullptr : registry_.grant_of(*account);
  if (entry && !call.rejected.empty())
    if (auto error = take_back(*account, *entry, call.rejected)) return waiters_.fail(waiter, std::move(*error));
  serve(*account, waiter);
  if (first_today) note_first_use_today(*account);
}

void Tokens::serve(Account& account, Waiter& waiter)
{
  if (held_) return;
  const TokenWish& wish = *waiters_.wish_of(waiter);
  GrantEntry* entry = registry_.grant_of(account);
  const bool service = account.definition.flow == Flow::kClientCredentials;
  if (!entry && service) return start_service_(account);
  if (!entry && wish.login) return told_wish_(account, never_signed_in(account), waiter);
  if (!entry) return waiters_.fail(waiter, never_signed_in(account));
  const Seconds min_ttl = wish.min_ttl.value_or(kDefaultMinTtl);
  if (entry->machine.usable(wish.key, min_ttl, loop_.now())) return waiters_.grant(waiter);
  exchanges_.feed(*entry, TokenWanted{wish.key, Urgency::kCaller});
  stop_waiting_in_trouble(account, *entry, waiter);
}

void Tokens::hold(const Error& why)
{
  held_ = why;
  for (const auto& [name, id] : registry_.by_name()) {
    registry_.find(id)->replies.clear();
    waiters_.each(token_topic(id), [&](Waiter& waiter) {
      const TokenWish& wish = *waiters_.wish_of(waiter);
      if (!wish.patient || wish.told != Told::kToken) waiters_.fail(waiter, why);
    });
  }
}

void Tokens::go_on()
{
  held_.reset();
  for (const auto& [name, id] : registry_.by_name()) {
    std::vector<Waiter*> patient;  // of this turn: serving one may answer others
    waiters_.each(token_topic(id), [&](Waiter& waiter) { patient.push_back(&waiter); });
    for (Waiter* waiter : patient)
      if (waiters_.wish_of(*waiter)) serve(*registry_.find(id), *waiter);
  }
}

// A provider that is known to fail answers those at once who do not want to wait for it.
void Tokens::stop_waiting_in_trouble(Account& account, const GrantEntry& entry, Waiter& waiter)
{
  const TokenWish* wish = waiters_.wish_of(waiter);
  if (wish && !wish->patient && entry.machine.retry_at()) settle(account, waiter);
}

// On disk it is a day, written once a day: enough to tell an idle account after a restart.
void Tokens::note_first_use_today(Account& account)
{
  exchanges_.note_use(account);
  GrantEntry* entry = held_ ? nullptr : registry_.grant_of(account);
  if (entry) exchanges_.feed(*entry, TimePassed{});  // it may have been idle until now
}

void Tokens::refresh(Account& account, std::optional<Seconds> timeout, Waiter& waiter)
{
  GrantEntry* entry = registry_.grant_of(account);
  const auto wait = timeout.value_or(kDefaultTimeout);
  // The refresh itself is what is asked for: an old token does not answer it.
  TokenWish wish{.account = account.id,
                 .key = {},
                 .min_ttl = Seconds::max(),
                 .told = Told::kExpiry,
                 .patient = timeout.has_value()};
  waiters_.park(waiter, std::move(wish), loop_.now() + wait);
  if (!entry && account.definition.flow == Flow::kClientCredentials) return start_service_(account);
  if (!entry) return waiters_.fail(waiter, never_signed_in(account));
  // Until the disk has taken the last one no other credential is asked for.
  const bool unsaved = std::holds_alternative<Unsaved>(entry->machine.exchange());
  if (unsaved && !timeout) return waiters_.fail(waiter, obstacle(account, entry, loop_.now()));
  exchanges_.feed(*entry, RefreshOrdered{});
  stop_waiting_in_trouble(account, *entry, waiter);
}

void Tokens::published(GrantEntry& entry, const TokenKey& key)
{
  if (held_) return;
  for (const AccountId id : entry.accounts) {
    std::erase_if(registry_.find(id)->replies, [&](const CachedReply& cached) { return cached.key == key; });
    waiters_.grant_all(id, key);
  }
}

void Tokens::failed(GrantEntry& entry, const TokenKey* only)
{
  if (held_) return;
  bool anyone = false;
  for (const AccountId id : entry.accounts) {
    settle_impatient(*registry_.find(id), entry.machine, only);
    anyone = anyone || waiters_.anyone(token_topic(id));
  }
  if (!anyone) entry.machine.no_one_waits();
}

void Tokens::settle_impatient(Account& account, const Grant& grant, const TokenKey* only)
{
  waiters_.each(token_topic(account.id), [&](Waiter& waiter) {
    const TokenWish& wish = *waiters_.wish_of(waiter);
    if (only && wish.key != *only) return;
    const Trouble* trouble = grant.trouble(wish.key);
    const bool dead = !trouble || trouble->what == ErrorClass::kRelogin || trouble->what == ErrorClass::kConsent;
    const bool waits_on = (trouble && can_clear_by_itself(*trouble) && wish.patient) || (dead && wish.login);
    if (!waits_on) settle(account, waiter);
    else if (dead) told_wish_(account, needs_login(account, trouble), waiter);
  });
}

void Tokens::settle(Account& account, Waiter& waiter)
{
  if (held_) return waiters_.fail(waiter, *held_);
  const TokenWish& wish = *waiters_.wish_of(waiter);
  const GrantEntry* entry = registry_.grant_of(account);
  const bool last_minute = entry && !wish.min_ttl && entry->machine.usable(wish.key, kLastMinuteTtl, loop_.now());
  if (last_minute) return waiters_.grant(waiter);
  waiters_.fail(waiter, obstacle(account, entry, loop_.now(), wish.key));
}

void Tokens::gone(Account& account, const Error& why)
{
  account.replies.clear();
  waiters_.fail_all(token_topic(account.id), why);
}

void Tokens::overdue(Waiter& waiter)
{
  const TokenWish* wish = waiters_.wish_of(waiter);
  Account* account = registry_.find(wish->account);
  if (account) settle(*account, waiter);
  else waiters_.fail(waiter, account_is_gone());
}

Result<Waiters::Fetched> Tokens::fetch(const TokenWish& wish)
{
  if (held_) return fail(*held_);
  Account* account = registry_.find(wish.account);
  if (!account) return fail(account_is_gone());
  const GrantEntry* entry = registry_.grant_of(*account);
  const AccessToken* token = entry ? entry->machine.usable(wish.key, Seconds(0), loop_.now()) : nullptr;
  if (!token) return fail(obstacle(*account, entry, loop_.now(), wish.key));
  if (wish.told == Told::kExpiry) return json_of(wire::RefreshReply{expiry_of(*token)});
  if (wish.told == Told::kReplaced) return json_of(wire::RejectTokenReply{.current = true, .refreshed = true});
  for (CachedReply& cached : account->replies) {
    if (cached.key != wish.key || cached.reply.serial != static_cast<std::uint64_t>(token->row)) continue;
    cached.reply.last_used = loop_.now();
    return &cached.reply;
  }
  const auto value = exchanges_.access_token_of(*entry, *token);
  if (!value) return fail(value.error());
  return &cached(*account, *entry, *token, *value);
}

ReadyReply& Tokens::cached(Account& account, const GrantEntry& entry, const AccessToken& token, const Secret& value)
{
  wire::TokenReply reply{.access_token = value.duplicate(), .token_type = token.type};
  reply.expires_at = expiry_of(token);
  reply.scopes = !token.granted.empty()      ? token.granted
                 : !token.key.scopes.empty() ? token.key.scopes
                                             : entry.record.definition.scopes;
  reply.account = account.name;
  std::erase_if(account.replies, [&](const CachedReply& old) { return old.key == token.key; });
  CachedReply& kept = account.replies.emplace_back(token.key, make_ready_reply(reply, token.expires));
  kept.reply.serial = static_cast<std::uint64_t>(token.row);
  kept.reply.last_used = loop_.now();
  reply_ends_.set(static_cast<Alarms::Owner>(number(account.id)), loop_.now() + kReplyKept);
  rearm_();
  return kept.reply;
}

void Tokens::on_time()
{
  while (const auto due = reply_ends_.pop_due(loop_.now())) {
    Account* account = registry_.find(AccountId{static_cast<std::int64_t>(*due)});
    if (!account) continue;
    std::erase_if(account->replies,
                  [&](const CachedReply& cached) { return cached.reply.last_used + kReplyKept <= loop_.now(); });
    std::optional<BootTime> next;
    for (const CachedReply& cached : account->replies)
      if (!next || cached.reply.last_used + kReplyKept < *next) next = cached.reply.last_used + kReplyKept;
    reply_ends_.set(*due, next);
  }
}

}  // namespace tokend
