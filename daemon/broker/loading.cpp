#include "daemon/broker/loading.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/broker/account_record.hpp"
#include "daemon/core/refresh_policy.hpp"

namespace tokend {
namespace {

Binding binding_in(const GrantRow& row) { return Binding{row.binding}; }

Credential credential_of(const GrantRow& row, const GrantRecord& record)
{
  if (row.status == GrantStatus::kDead) {
    const auto why = record.death ? record.death->what : ErrorClass::kRelogin;
    return Dead{why, record.death ? record.death->since : row.rotated};
  }
  if (record.definition.flow == Flow::kClientCredentials) return ClientItself{};
  if (record.can_refresh) return RefreshToken{row.sealed, record.refresh_end, row.rotated};
  return Nothing{row.sealed};
}

}  // namespace

void Loading::fill()
{
  registry_.continue_after(snapshot_.highest);
  for (const LostAccount& lost : snapshot_.lost_accounts) registry_.keep(lost);
  for (const ClientRow& row : snapshot_.clients) registry_.add(Client{row.id, row.issuer, row.client_id, row.secret});
  for (const GrantRow& row : snapshot_.grants) add_grant(row);
  for (const AccountRow& row : snapshot_.accounts) add_account(row);
  if (!complete_ || !problems_.empty()) return;  // somebody who could not be read may own them
  std::vector<GrantId> orphans;
  for (const auto& [id, found] : found_)
    if (registry_.find(id)->accounts.empty() && !found.consent) orphans.push_back(id);
  for (const GrantId id : orphans) drop(id);
}

// Nobody can ask for its tokens: what is left of a login or a removal that a crash has cut.
void Loading::drop(GrantId id)
{
  registry_.remove(id);
  found_.erase(id);
  repairs_.push_back(Unit{.changes = {DropGrant{id}}});
}

void Loading::take_up(Exchanges& exchanges, TokenStore& store)
{
  for (Unit& repair : repairs_) store.commit(std::move(repair), [](Committed) {});
  for (auto& [id, found] : found_)
    if (GrantEntry* entry = registry_.find(id))
      exchanges.restore(*entry, std::move(found.restored), std::move(found.consent));
  // A grant's row holds the definition of its newest exchange: a change since then stands with the account alone.
  for (const auto& [name, id] : registry_.by_name()) {
    const Account& account = *registry_.find(id);
    if (GrantEntry* entry = registry_.grant_of(account)) exchanges.redefine(*entry, account.definition);
  }
}

void Loading::quarantine(GrantId grant, QuarantineCause cause, std::string why)
{
  repairs_.push_back(Unit{.changes = {QuarantineGrant{grant, cause, now_.wall}}});
  problems_.push_back(std::move(why));
}

const AttemptRow* Loading::attempt_of(GrantId grant) const
{
  const auto found = std::ranges::find(snapshot_.attempts, grant, &AttemptRow::grant);
  return found == snapshot_.attempts.end() ? nullptr : &*found;
}

void Loading::add_grant(const GrantRow& row)
{
  if (row.status == GrantStatus::kRetired) return;
  Found found;
  GrantRecord record;
  const bool opened =
      row.status == GrantStatus::kPending ? open_pending(row, found, record) : open_grant(row, found, record);
  const Client* client = registry_.find(row.client);
  if (!opened || !client) return;
  const auto secret = client->secret.empty() ? ClientSecret::kAbsent : ClientSecret::kPresent;
  auto provider = resolve(record.definition, record.metadata ? &*record.metadata : nullptr, secret, Purpose::kGrant);
  if (!provider) return problems_.push_back(fmt::format("grant {}: {}", number(row.id), provider.error().reason));
  if (record.origins.empty()) record.origins = AllowedOrigins(binding_origins(*provider));  // written before there were
  found.restored.tokens = tokens_of(row, record, provider->refresh);
  found.restored.trouble = record.death;
  registry_.add(GrantEntry{.id = row.id,
                           .client = row.client,
                           .record = std::move(record),
                           .binding = binding_in(row),
                           .consented = row.consented,
                           .rotated = row.rotated,
                           .accounts = {},
                           .machine = Grant(std::move(*provider))});
  found_.emplace(row.id, std::move(found));
}

bool Loading::open_grant(const GrantRow& row, Found& found, GrantRecord& record)
{
  if (!vault_.check_head(row)) {
    quarantine(row.id, QuarantineCause::kHeadMismatch,
               fmt::format("grant {} was changed behind tokend's back", number(row.id)));
    return false;
  }
  const auto json = vault_.open_refresh({row.id, row.generation, binding_in(row)}, row.sealed);
  auto opened = json ? read_grant_record(*json) : Result<OpenedGrant>(fail(json.error()));
  if (!opened) {
    quarantine(row.id, QuarantineCause::kUnreadable, fmt::format("grant {} does not open", number(row.id)));
    return false;
  }
  record = std::move(opened->record);
  found.restored.generation = row.generation;
  found.restored.credential = credential_of(row, record);
  add_attempt(row, found);
  return true;
}

// Of a login only what its provider has answered can be finished: a code is never sent twice.
bool Loading::open_pending(const GrantRow& row, Found& found, GrantRecord& record)
{
  add_attempt(row, found);
  if (!found.restored.reply || !found.consent) {
    repairs_.push_back(Unit{.changes = {DropGrant{row.id}}});
    return false;
  }
  record.definition = found.consent->definition;
  record.metadata = found.consent->metadata;
  found.restored.credential = Nothing{};
  return true;
}

void Loading::add_attempt(const GrantRow& grant, Found& found)
{
  const AttemptRow* row = attempt_of(grant.id);
  if (!row) return;
  const auto json = vault_.open_journal({grant.id, row->from, binding_in(grant)}, row->sealed);
  auto opened = json ? read_journal_entry(*json) : Result<OpenedEntry>(fail(json.error()));
  found.restored.attempt = attempt_in(*row);
  if (!opened) {
    found.restored.reply_damaged = row->http_status.has_value();
    return problems_.push_back(fmt::format("the journal of grant {} does not open", number(grant.id)));
  }
  Attempt& attempt = *found.restored.attempt;
  attempt.key = std::move(opened->entry.key);
  attempt.readings = opened->read_by == TOKEND_VERSION ? row->parse_tries : 0;  // another version may understand it
  if (opened->entry.sent != WallTime{}) attempt.sent = opened->entry.sent;
  attempt.at = std::min(attempt.at, by_the_wall_clock(attempt.sent));
  attempt.answered = opened->entry.answered;
  found.restored.reply = std::move(opened->reply);
  found.consent = std::move(opened->entry.consent);
}

// What its row says in the clear.
Attempt Loading::attempt_in(const AttemptRow& row) const
{
  Attempt attempt{.id = row.id, .kind = row.kind, .from = row.from, .key = {}};
  attempt.sends = row.sends;
  attempt.sent = attempt.wall = row.wall;
  attempt.restored = !is_this_boot(row.boot_id);
  attempt.at = attempt.restored ? now_.boot : std::min(row.boot, now_.boot);
  return attempt;
}

std::vector<AccessToken> Loading::tokens_of(const GrantRow& grant, const GrantRecord& record,
                                            const RefreshRules& rules) const
{
  std::vector<AccessToken> tokens;
  for (const TokenRow& row : snapshot_.tokens) {
    if (row.grant != grant.id) continue;
    const auto note = std::ranges::find(record.tokens, row.id, &TokenNote::row);
    if (note != record.tokens.end()) tokens.push_back(token_of(row, *note, rules));
  }
  return tokens;
}

// If the clock has gone back since, it has just been.
BootTime Loading::by_the_wall_clock(WallTime at) const { return now_.boot - std::max(Seconds(0), now_.wall - at); }

// Of another boot only the wall time is known. If the clock has gone back since, no more than the lifetime is believed.
// Of this one both are: the earlier end counts.
AccessToken Loading::token_of(const TokenRow& row, const TokenNote& note, const RefreshRules& rules) const
{
  AccessToken token{.key = note.key, .sealed = row.sealed, .row = row.id, .generation = row.generation};
  token.restored = !is_this_boot(note.boot_id);
  token.type = note.type;
  token.granted = note.granted;
  token.minted_wall = note.minted;
  token.minted = by_the_wall_clock(note.minted);
  if (!token.restored) token.minted = std::min(token.minted, note.minted_boot);
  token.lifetime = note.lifetime;
  if (!note.lifetime) return token;
  token.expires = token.minted + *note.lifetime;
  token.refresh_at = *token.expires - refresh_margin(rules, *note.lifetime, now_.jitter);
  return token;
}

void Loading::lose(const AccountRow& row, std::string_view why)
{
  registry_.keep({row.id, row.name, row.grant, row.client});
  problems_.push_back(fmt::format("account {} {}: it is left as it is", row.name, why));
}

void Loading::add_account(const AccountRow& row)
{
  const auto json = vault_.open_definition(row.id, row.revision, row.definition);
  auto opened = json ? read_account_record(*json) : Result<AccountRecord>(fail(json.error()));
  if (!opened) return lose(row, "does not open");
  if (!row.client || !registry_.find(*row.client)) return lose(row, "has lost its client");
  Account account{
      .id = row.id, .name = row.name, .revision = row.revision, .definition = std::move(opened->definition)};
  account.sealed = row.definition;
  account.client = row.client;
  if (row.grant && registry_.find(*row.grant)) account.grant = row.grant;
  else account.unreadable_grant = row.grant;
  account.fixed_origins = std::move(opened->fixed_origins);
  account.ended = opened->ended;
  account.ended_at = opened->ended_at;
  account.created = opened->created;
  if (row.last_used_day > 0) account.last_used = WallTime(std::chrono::days(row.last_used_day));
  registry_.add(std::move(account));
}

}  // namespace tokend
