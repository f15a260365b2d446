// The end of an exchange: one unit with the new credential, the tokens, and the accounts that a login repoints.
#include "daemon/broker/exchanges.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/core/authorization.hpp"

namespace tokend {
namespace {

std::int64_t day_of(const Account& account)
{
  return account.last_used ? account.last_used->time_since_epoch() / std::chrono::days(1) : 0;
}

bool live(const AccessToken& token, BootTime now) { return !token.expires || *token.expires > now; }

TokenNote note_of(const Attempt& attempt, const TokenResponse& minted, std::int64_t row)
{
  return {row, attempt.key, minted.token_type, minted.scopes, minted.expires_in, attempt.sent, attempt.at};
}

TokenNote note_of(const AccessToken& token)
{
  return {token.row, token.key, token.type, token.granted, token.lifetime, token.minted_wall, token.minted};
}

// The provider was asked who signs in, and did not say. Of an account that is nobody's yet that is taken, and shown.
std::optional<ConsentRefused> nobody_named(const ConsentNote& note)
{
  const bool asked = note.nonce || asks_for_openid(note.definition.scopes);
  if (!asked || !note.before) return std::nullopt;
  return ConsentRefused{Error{}, "somebody whom the provider does not name", note.before->label};
}

std::string label_of(const std::optional<Identity>& identity) { return identity ? identity->label : std::string(); }

}  // namespace

void Exchanges::save(const GrantEntry& entry)
{
  const auto credential = held_token(entry);
  if (!credential || saves_.contains(entry.id)) return;
  const Generation generation = entry.machine.generation();
  SealedBytes sealed = vault_.seal_refresh(context(entry, generation), to_json(entry.record, *credential));
  Unit unit{.changes = {row_of(entry, GrantStatus::kLive, generation, std::move(sealed))},
            .when = Precondition{entry.id, generation, std::nullopt}};
  std::get<GrantRow>(unit.changes.front()).rotated = entry.rotated;
  ports_.store.commit(std::move(unit), [](Committed) {});
}

void Exchanges::note_use(const Account& account)
{
  ports_.store.commit(Unit{.changes = {AccountUsed{account.id, day_of(account)}}}, [](Committed) {});
}

AccountRow Exchanges::row_of(const Account& account) const
{
  AccountRow row{.id = account.id, .name = account.name, .grant = account.grant, .client = account.client};
  if (!row.grant) row.grant = account.unreadable_grant;
  row.revision = account.revision;
  row.last_used_day = day_of(account);
  row.definition = account.sealed;
  const auto save = row.grant ? saves_.find(*row.grant) : saves_.end();
  if (save != saves_.end() && save->second.refused && save->second.replaces) row.grant = save->second.replaces;
  for (const auto& [grant, consent] : consents_)  // a login on its way to the disk has repointed it already
    if (consent.note.account == account.id && saves_.contains(grant) && registry_.find(grant)->client == account.client)
      row.grant = grant;
  return row;
}

GrantRow Exchanges::row_of(const GrantEntry& entry, GrantStatus status, Generation generation, SealedBytes sealed) const
{
  GrantRow row{.id = entry.id, .status = status, .client = entry.client, .generation = generation};
  row.consented = entry.consented;
  row.rotated = ports_.loop.wall();
  row.binding = entry.binding.bytes;
  row.head = vault_.head_of(entry.id, generation, sealed);
  row.sealed = std::move(sealed);
  return row;
}

std::optional<ConsentRefused> Exchanges::objection(GrantEntry& entry, const CommitGrant& order) const
{
  const TokenResponse& minted = *order.minted;
  const auto consent = consents_.find(entry.id);
  if (consent == consents_.end()) return std::nullopt;
  const ConsentNote& note = consent->second.note;
  if (minted.id_token.empty()) return nobody_named(note);
  const Provider& provider = entry.machine.provider();
  IdTokenRules rules{.issuer = provider.issuer, .client_id = note.definition.client_id};
  if (note.nonce) rules.nonce = *note.nonce;
  auto identity = read_id_token(minted.id_token, rules, order.attempt.answered);
  if (!identity) return ConsentRefused{identity.error(), {}, {}};
  entry.record.identity = std::move(*identity);
  if (note.before && !note.before->same_person(*entry.record.identity))
    return ConsentRefused{Error{}, entry.record.identity->label, label_of(note.before)};
  return std::nullopt;
}

bool Exchanges::is_anothers(GrantEntry& entry, const CommitGrant& order)
{
  if (order.minted->id_token.empty() || !entry.record.identity || entry.machine.retired()) return false;
  const auto other = another_person(order.minted->id_token, *entry.record.identity);
  if (!other) return false;
  hooks_.unwanted(entry, *order.minted);
  std::string why =
      fmt::format("its refresh was answered for {}, before it was {}", other->label, entry.record.identity->label);
  ports_.loop.post(
      [this, id = entry.id, refused = MintedRefused{order.attempt.id, std::move(why)}] { feed_id(id, refused); });
  return true;
}

void Exchanges::perform(GrantEntry& entry, const CommitGrant& order)
{
  const GrantId id = entry.id;
  if (auto refused = objection(entry, order)) {
    hooks_.unwanted(entry, *order.minted);
    drop(id);
    return hooks_.consent_refused(id, *refused);
  }
  if (is_anothers(entry, order)) return;
  auto save = saves_.find(id);
  if (save == saves_.end()) save = saves_.emplace(id, prepare(entry, order)).first;
  else renew_accounts(entry, save->second.unit);
  const AttemptId attempt = order.attempt.id;
  ports_.store.commit(save->second.unit,
                      [this, id, attempt](Committed outcome) { feed_id(id, GrantCommitted{attempt, outcome, {}}); });
}

Exchanges::Save Exchanges::prepare(GrantEntry& entry, const CommitGrant& order)
{
  Save save{.attempt = order.attempt.id, .unit = {}, .kept = {}, .record = entry.record};
  const Generation generation = next(order.attempt.from);
  const TokenResponse& minted = *order.minted;
  save.kept.token_row = registry_.next_token_row();
  save.kept.refused_before = was_refused(entry, order.attempt.key, minted.access_token);
  save.record.tokens.clear();
  add_tokens(entry, order, save);
  const auto old = held_token(entry);
  const Secret none;
  const Secret& refresh = !minted.refresh_token.empty() ? minted.refresh_token : old ? *old : none;
  save.record.can_refresh = !refresh.empty();
  save.record.refresh_end = end_after(entry.record.refresh_end, minted, order.attempt.sent);
  save.kept.credential = vault_.seal_refresh(context(entry, generation), to_json(save.record, refresh));
  save.unit.changes.push_back(row_of(entry, GrantStatus::kLive, generation, save.kept.credential));
  save.unit.changes.push_back(DropAttempt{entry.id});
  add_accounts(entry, save);
  save.unit.room = Room::kPrecious;
  save.unit.when = Precondition{entry.id, order.attempt.from, std::nullopt};
  if (order.attempt.kind != AttemptKind::kClientCredentials) save.unit.when->attempt = order.attempt.id;
  return save;
}

void Exchanges::add_tokens(const GrantEntry& entry, const CommitGrant& order, Save& save)
{
  const Generation generation = next(order.attempt.from);
  save.kept.access = vault_.seal_access(context(entry, generation), save.kept.token_row, order.attempt.key,
                                        order.minted->access_token);
  save.unit.changes.push_back(DropTokens{entry.id});
  for (const AccessToken& token : entry.machine.tokens()) {
    if (token.key == order.attempt.key || !live(token, ports_.loop.now())) continue;
    std::optional<WallTime> expires;
    if (token.lifetime) expires = std::chrono::time_point_cast<Seconds>(token.minted_wall + *token.lifetime);
    save.unit.changes.push_back(TokenRow{token.row, entry.id, token.generation, expires, token.sealed});
    save.record.tokens.push_back(note_of(token));
    if (!token.restored) save.record.tokens.back().boot_id = ports_.boot_id;
  }
  std::optional<WallTime> expires;
  if (order.minted->expires_in) expires = order.attempt.sent + *order.minted->expires_in;
  save.unit.changes.push_back(TokenRow{save.kept.token_row, entry.id, generation, expires, save.kept.access});
  save.record.tokens.push_back(note_of(order.attempt, *order.minted, save.kept.token_row));
  if (!order.attempt.restored) save.record.tokens.back().boot_id = ports_.boot_id;
}

void Exchanges::add_accounts(const GrantEntry& entry, Save& save)
{
  const auto consent = consents_.find(entry.id);
  if (consent == consents_.end() || entry.machine.retired()) return;  // a cancelled login repoints nobody
  Account* account = registry_.find(consent->second.note.account);
  if (!account) return;
  AccountRow row = row_of(*account);
  row.grant = entry.id;
  save.unit.changes.push_back(std::move(row));
  const auto old = registry_.sole_grant(*account);
  if (!old || old == entry.id) return;
  save.unit.changes.push_back(DropGrant{*old});
  save.replaces = old;
}

// The disk has refused this unit: since then its accounts may have been changed, or be gone.
void Exchanges::renew_accounts(const GrantEntry& entry, Unit& unit) const
{
  std::erase_if(unit.changes, [&](const Change& change) {
    const auto* row = std::get_if<AccountRow>(&change);
    return row && !entry.accounts.contains(row->id);
  });
  for (Change& change : unit.changes) {
    auto* row = std::get_if<AccountRow>(&change);
    if (!row) continue;
    *row = row_of(*registry_.find(row->id));
    row->grant = entry.id;
  }
}

std::optional<GrantId> Exchanges::login_being_saved(const Account& account) const
{
  for (const auto& [grant, consent] : consents_)
    if (consent.note.account == account.id && saves_.contains(grant)) return grant;
  return std::nullopt;
}

bool Exchanges::saves_login_of(const Account& account) const
{
  const auto is_its_row = [&](const Change& change) {
    const auto* row = std::get_if<AccountRow>(&change);
    return row && row->id == account.id;
  };
  return std::ranges::any_of(
      saves_, [&](const auto& item) { return std::ranges::any_of(item.second.unit.changes, is_its_row); });
}

std::vector<GrantId> Exchanges::unsaved() const
{
  std::vector<GrantId> ids;
  for (const auto& [id, save] : saves_)
    if (const GrantEntry* entry = registry_.find(id);
        entry && std::holds_alternative<Unsaved>(entry->machine.exchange()))
      ids.push_back(id);
  return ids;
}

Trouble Exchanges::save_trouble() const
{
  const auto ids = unsaved();
  const Trouble* why = ids.empty() ? nullptr : registry_.find(ids.front())->machine.trouble();
  return why ? *why : Trouble{};
}

void Exchanges::adopt(GrantEntry& entry, AttemptId attempt, GrantCommitted& committed)
{
  const auto found = saves_.find(entry.id);
  if (found == saves_.end() || found->second.attempt != attempt) return;
  committed.kept = found->second.kept;
  AccountDefinition definition = std::move(entry.record.definition);  // may be newer than what was saved
  entry.record = found->second.record;
  entry.record.definition = std::move(definition);
  entry.rotated = ports_.loop.wall();
  const std::optional<GrantId> replaced = found->second.replaces;
  if (committed.outcome) saves_.erase(found);
  else found->second.refused = true;
  adopt_consent(entry);
  // While the disk refuses the new login, the old one is what a start would find: it stays.
  if (committed.outcome && replaced) retire_unused(*replaced);
}

void Exchanges::adopt_consent(GrantEntry& entry)
{
  const auto consent = consents_.find(entry.id);
  if (consent == consents_.end()) return;
  Account* account = registry_.find(consent->second.note.account);
  consents_.erase(consent);
  if (account && account->client != entry.client) feed(entry, Retired{});  // it got another client meanwhile
  if (!account || entry.machine.retired()) return;
  registry_.point(*account, entry.id);
  hooks_.consent_saved(entry);
}

void Exchanges::retire_unused(GrantId id)
{
  GrantEntry* entry = registry_.find(id);
  if (entry && entry->accounts.empty()) feed(*entry, Retired{});
}

void Exchanges::perform(GrantEntry& entry, const CommitDeath&)
{
  entry.record.can_refresh = false;
  if (const Trouble* why = entry.machine.trouble()) entry.record.death = *why;
  const Generation generation = entry.machine.generation();
  SealedBytes sealed = vault_.seal_refresh(context(entry, generation), to_json(entry.record, Secret()));
  Unit unit;
  unit.changes.push_back(QuarantineGrant{entry.id, QuarantineCause::kRefused, ports_.loop.wall()});
  unit.changes.push_back(row_of(entry, GrantStatus::kDead, generation, std::move(sealed)));
  unit.changes.push_back(DropAttempt{entry.id});
  unit.when = Precondition{entry.id, generation, std::nullopt};
  ports_.store.commit(std::move(unit), [](Committed) {});  // not kept: the next start asks the provider once more
}

}  // namespace tokend
