// The way of one exchange: slot, intent, request, raw answer. What is saved at its end: exchanges_saving.cpp.
#include "daemon/broker/exchanges.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/core/token_request.hpp"
#include "daemon/core/url.hpp"

namespace tokend {
namespace {

std::uint64_t random_number(Random& random)
{
  std::array<std::byte, 8> bytes;
  random.fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

AttemptId fresh_attempt(Random& random) { return AttemptId{static_cast<std::int64_t>(random_number(random) >> 1)}; }

Alarms::Owner owner(GrantId grant) { return static_cast<Alarms::Owner>(number(grant)); }

}  // namespace

Binding binding_to(const Provider& provider, std::string_view client_id)
{
  const auto endpoint = parse_url(provider.token_endpoint);
  const std::string token_origin = endpoint ? origin(*endpoint) : provider.token_endpoint;
  return binding_of({.issuer = provider.issuer,
                     .token_origin = token_origin,
                     .client_id = client_id,
                     .auth_method = name_of(provider.client_auth)});
}

Moment Exchanges::moment()
{
  const double jitter = static_cast<double>(random_number(ports_.random) >> 11) * 0x1.0p-53;
  return {ports_.loop.now(), ports_.loop.wall(), jitter};
}

GrantContext Exchanges::context(const GrantEntry& entry, Generation generation) const
{
  return {entry.id, generation, entry.binding};
}

void Exchanges::feed_id(GrantId id, GrantEvent event)
{
  GrantEntry* entry = registry_.find(id);
  if (!entry) return;
  if (auto* committed = std::get_if<GrantCommitted>(&event)) {
    last_offers_.erase(id);
    adopt(*entry, committed->attempt, *committed);
  }
  feed(*entry, std::move(event));
}

void Exchanges::feed(GrantEntry& entry, GrantEvent event)
{
  entry.machine.set_habits(is_idle(entry), habits_.keep_alive);
  perform(entry, entry.machine.handle(std::move(event), moment()));
  admit();
}

bool Exchanges::is_idle(const GrantEntry& entry) const
{
  if (entry.accounts.empty()) return true;
  WallTime newest = entry.consented;
  for (const AccountId id : entry.accounts)
    if (const Account* account = registry_.find(id); account->last_used) newest = std::max(newest, *account->last_used);
  return newest + habits_.idle < ports_.loop.wall();
}

void Exchanges::restore(GrantEntry& entry, Grant::Restored found, std::optional<ConsentNote> note)
{
  if (note) consents_[entry.id] = Consent{.kind = found.attempt->kind, .note = std::move(*note)};
  entry.machine.set_habits(is_idle(entry), habits_.keep_alive);
  perform(entry, entry.machine.restore(std::move(found), moment()));
}

GrantEntry& Exchanges::begin_consent(ClientId client, Provider provider, Consent consent)
{
  const GrantId id = registry_.next_grant_id();
  const Client* registered = registry_.find(client);
  const Binding binding = binding_to(provider, registered->client_id);
  const Account* account = registry_.find(consent.note.account);
  GrantEntry& entry = registry_.add(GrantEntry{.id = id,
                                               .client = client,
                                               .record = {.definition = consent.note.definition,
                                                          .metadata = consent.note.metadata,
                                                          .origins = allowed_of(*account, provider)},
                                               .binding = binding,
                                               .consented = ports_.loop.wall(),
                                               .rotated = ports_.loop.wall(),
                                               .accounts = {},
                                               .machine = Grant(std::move(provider))});
  const ConsentGiven given{consent.kind, consent.poll_interval};
  consents_[id] = std::move(consent);
  feed(entry, given);
  return entry;
}

void Exchanges::redefine(GrantEntry& entry, const AccountDefinition& definition)
{
  const Client* client = registry_.find(entry.client);
  const auto secret = client && !client->secret.empty() ? ClientSecret::kPresent : ClientSecret::kAbsent;
  auto provider =
      resolve(definition, entry.record.metadata ? &*entry.record.metadata : nullptr, secret, Purpose::kGrant);
  if (!provider) return;  // the next login says why
  const Provider& bound = entry.machine.provider();
  const bool stays = provider->token_endpoint == bound.token_endpoint &&
                     std::ranges::includes(entry.record.origins.list(), binding_origins(*provider));
  if (!stays) return;  // its secrets go nowhere else
  AccountDefinition consented = std::exchange(entry.record.definition, definition);
  // Other scopes need another consent: until then the record says what this one was given for, and by which flow.
  entry.record.definition.flow = consented.flow;
  if (consented.flow != Flow::kClientCredentials) entry.record.definition.scopes = std::move(consented.scopes);
  entry.machine.set_provider(std::move(*provider));
  feed(entry, ConnectionImproved{});
}

void Exchanges::perform(GrantEntry& entry, const GrantEffects& effects)
{
  const GrantId id = entry.id;
  for (const GrantEffect& effect : effects) std::visit([&](const auto& what) { perform(entry, what); }, effect);
  GrantEntry* still = registry_.find(id);
  alarms_.set(owner(id), still ? still->machine.next_wake() : std::nullopt);
  if (still) hooks_.changed(*still);
  else hooks_.gone(id);
}

void Exchanges::admit()
{
  if (stopped_ || std::exchange(admitting_, true)) return;
  while (const auto id = admission_.admit()) {
    if (GrantEntry* entry = registry_.find(*id)) feed(*entry, SlotGranted{fresh_attempt(ports_.random)});
    else admission_.give_back(*id);
  }
  admitting_ = false;
}

void Exchanges::perform(GrantEntry& entry, const TakeSlot& take)
{
  admission_.ask(entry.id, issuer_or_origin(entry.machine.provider()), take.urgency);
}

void Exchanges::perform(GrantEntry& entry, const GiveSlot&) { admission_.give_back(entry.id); }

void Exchanges::perform(GrantEntry& entry, const CommitIntent& intent)
{
  Unit unit;
  if (entry.machine.pending()) unit.changes.push_back(row_of(entry, GrantStatus::kPending, Generation{}, {}));
  unit.changes.push_back(attempt_row(entry, intent.attempt, nullptr));
  unit.room = Room::kIntent;
  ports_.store.commit(std::move(unit), [this, id = entry.id, attempt = intent.attempt.id](Committed outcome) {
    feed_id(id, IntentCommitted{attempt, outcome});
  });
}

void Exchanges::perform(GrantEntry& entry, const SendExchange& order)
{
  auto ready = request(entry, order.attempt);
  if (ready) return send(entry.id, order.attempt.id, std::move(*ready));
  ports_.loop.post([this, id = entry.id, attempt = order.attempt.id, why = std::move(ready.error())] {
    feed_id(id, Answered{attempt, std::unexpected(why)});
  });
}

void Exchanges::send(GrantId id, AttemptId attempt, HttpRequest request)
{
  ports_.http.send(next_http_id(), std::move(request),
                   [this, id, attempt](HttpOutcome outcome) { feed_id(id, Answered{attempt, std::move(outcome)}); });
}

JournalEntry Exchanges::journal_entry(const GrantEntry& entry, const Attempt& attempt) const
{
  JournalEntry journal{.key = attempt.key, .sent = attempt.sent, .answered = attempt.answered, .consent = {}};
  const auto consent = consents_.find(entry.id);
  if (consent != consents_.end()) journal.consent = consent->second.note;
  return journal;
}

AttemptRow Exchanges::attempt_row(const GrantEntry& entry, const Attempt& attempt, const HttpReply* reply) const
{
  AttemptRow row{.grant = entry.id, .id = attempt.id, .from = attempt.from, .kind = attempt.kind};
  row.sends = attempt.sends;
  row.parse_tries = attempt.readings;
  const auto place = destination(entry, entry.machine.provider().token_endpoint);
  const auto credential = place ? credential_of(entry, attempt, *place) : std::nullopt;
  row.credential_tag = credential ? vault_.fingerprint(*credential) : std::string();
  row.wall = attempt.wall;
  row.boot = attempt.at;
  if (!attempt.restored) row.boot_id = ports_.boot_id;
  if (reply) row.http_status = reply->status;
  row.sealed = vault_.seal_journal(context(entry, attempt.from), to_json(journal_entry(entry, attempt), reply));
  return row;
}

void Exchanges::perform(GrantEntry& entry, const CommitReply& kept)
{
  Unit unit{.changes = {attempt_row(entry, kept.attempt, kept.reply)},
            .when = Precondition{entry.id, kept.attempt.from, kept.attempt.id},
            .room = Room::kPrecious};
  ports_.store.commit(std::move(unit), [this, id = entry.id, attempt = kept.attempt.id](Committed outcome) {
    feed_id(id, ReplyCommitted{attempt, outcome});
  });
}

void Exchanges::perform(GrantEntry& entry, const ClearIntent& cleared)
{
  Unit unit{.changes = {DropAttempt{entry.id}},
            .when = Precondition{entry.id, cleared.attempt.from, cleared.attempt.id}};
  ports_.store.commit(std::move(unit), [](Committed) {});  // an intent that stays costs a question at the next start
}

void Exchanges::perform(GrantEntry&, const ForgetToken& forgotten)
{
  ports_.store.commit(Unit{.changes = {DropToken{forgotten.row}}}, [](Committed) {});
}

void Exchanges::perform(GrantEntry& entry, const Publish& published) { hooks_.published(entry, published.key); }

void Exchanges::perform(GrantEntry& entry, const FailWaiters& failed)
{
  hooks_.failed(entry, failed.only ? &*failed.only : nullptr);
}

void Exchanges::perform(GrantEntry& entry, const GiveUpConsent&)
{
  const GrantId id = entry.id;
  const Trouble trouble = *entry.machine.trouble();
  drop(id);
  hooks_.consent_failed(id, trouble);
}

void Exchanges::perform(GrantEntry& entry, const Discard&)
{
  if (!entry.machine.pending()) hooks_.discarding(entry);
  drop(entry.id);
}

void Exchanges::drop(GrantId id)
{
  consents_.erase(id);
  aside_.erase(id);
  const auto save = saves_.extract(id);
  const std::optional<GrantId> kept_for_it = save ? save.mapped().replaces : std::nullopt;
  last_offers_.erase(id);
  admission_.give_back(id);
  registry_.remove(id);
  Unit unit{.changes = {DropGrant{id}}};
  if (kept_for_it && !registry_.find(*kept_for_it)) unit.changes.push_back(DropGrant{*kept_for_it});  // unreadable
  ports_.store.commit(std::move(unit), [](Committed) {});
  if (kept_for_it) retire_unused(*kept_for_it);
}

void Exchanges::stop()
{
  stopped_ = true;
  for (const GrantId id : unsaved()) {
    last_offers_.insert(id);
    feed(*registry_.find(id), SaveNow{});
  }
}

void Exchanges::go_on()
{
  stopped_ = false;
  admit();
  on_time();
  link_came_up();  // what was held back has failed like what could not be reached
}

bool Exchanges::rotating_request_out() const
{
  if (!last_offers_.empty()) return true;
  return std::ranges::any_of(registry_.grants(), [](const auto& grant) {
    const Grant& machine = grant.second->machine;
    return machine.request_is_out() && !std::holds_alternative<ClientItself>(machine.credential());
  });
}

}  // namespace tokend
