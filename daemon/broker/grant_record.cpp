#include "daemon/broker/grant_record.hpp"

#include "daemon/broker/record_fields.hpp"
#include "daemon/core/canonical_json.hpp"

namespace tokend {
namespace {

std::string note_json(const TokenNote& note)
{
  CanonicalJson json;
  json.text("row", record::text_of(note.row)).text("type", note.type).text("minted", record::text_of(note.minted));
  json.list("scopes", note.key.scopes).text("resource", note.key.resource).text("audience", note.key.audience);
  if (!note.boot_id.empty())
    json.text("boot", note.boot_id).text("mintedBoot", record::text_of(note.minted_boot.time_since_epoch().count()));
  if (note.lifetime) json.text("lifetime", record::text_of(note.lifetime->count()));
  return json.list("granted", note.granted).str();
}

std::optional<TokenNote> read_note(const std::string& text)
{
  const auto document = JsonDocument::parse(text);
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return std::nullopt;
  TokenNote note{.row = record::number_in(*object, "row").value_or(0), .key = record::key_in(*object)};
  note.type = object->text("type");
  note.granted = record::list_in(*object, "granted");
  if (const auto lifetime = record::number_in(*object, "lifetime")) note.lifetime = Seconds(*lifetime);
  note.minted = record::time_in(*object, "minted").value_or(WallTime{});
  note.boot_id = object->text("boot");
  note.minted_boot = BootTime(Milliseconds(record::number_in(*object, "mintedBoot").value_or(0)));
  return note;
}

std::string death_json(const Trouble& death)
{
  CanonicalJson json;
  json.text("class", death.what == ErrorClass::kConsent ? "consent" : "relogin").text("cause", death.cause);
  json.text("sentence", death.sentence).text("error", death.error);
  return json.text("since", record::text_of(death.since)).text("last", record::text_of(death.last)).str();
}

std::optional<Trouble> read_death(const std::string& text)
{
  const auto document = JsonDocument::parse(text);
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return std::nullopt;
  Trouble death;
  death.what = object->text("class") == "consent" ? ErrorClass::kConsent : ErrorClass::kRelogin;
  death.cause = object->text("cause");
  death.sentence = object->text("sentence");
  death.error = object->text("error");
  death.failures = 1;
  death.since = record::time_in(*object, "since").value_or(WallTime{});
  death.last = record::time_in(*object, "last").value_or(WallTime{});
  return death;
}

void read_identity(const JsonObject& object, GrantRecord& grant)
{
  Identity identity{object.text("identityIssuer"), object.text("identitySubject"), object.text("identityLabel")};
  if (!identity.subject.empty()) grant.identity = std::move(identity);
}

}  // namespace

Secret to_json(const GrantRecord& grant, const Secret& refresh_token)
{
  CanonicalJson json;
  json.text("definition", to_json(grant.definition)).text("refreshToken", refresh_token.reveal());
  if (grant.metadata) json.text("metadata", to_json(*grant.metadata));
  json.list("origins", grant.origins.list());
  if (grant.identity) {
    json.text("identityIssuer", grant.identity->issuer).text("identitySubject", grant.identity->subject);
    json.text("identityLabel", grant.identity->label);
  }
  if (grant.refresh_end) {
    json.text("refreshEnds", record::text_of(grant.refresh_end->at));
    json.text("refreshEndIs", grant.refresh_end->fixed ? "fixed" : "");
  }
  if (grant.warned) {
    json.text("warnedDays", record::text_of(grant.warned->days));
    json.text("warnedEnd", record::text_of(grant.warned->end));
  }
  if (grant.death) json.text("death", death_json(*grant.death));
  std::vector<std::string> notes;
  for (const TokenNote& note : grant.tokens) notes.push_back(note_json(note));
  return Secret(json.list("tokens", notes).str());
}

Result<OpenedGrant> read_grant_record(const Secret& json)
{
  const auto document = JsonDocument::parse(json.reveal());
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return fail(ErrorCode::kInternal, "a stored grant cannot be read");
  auto definition = definition_from_json(object->text("definition"));
  if (!definition) return fail(definition.error());
  OpenedGrant opened{.record = {.definition = std::move(*definition)},
                     .refresh_token = Secret(object->text("refreshToken"))};
  GrantRecord& grant = opened.record;
  grant.can_refresh = !opened.refresh_token.empty();
  if (const std::string metadata = object->text("metadata"); !metadata.empty())
    if (auto read = parse_metadata(metadata, grant.definition.issuer)) grant.metadata = std::move(*read);
  grant.origins = AllowedOrigins(record::list_in(*object, "origins"));
  read_identity(*object, grant);
  if (const auto end = record::time_in(*object, "refreshEnds"))
    grant.refresh_end = RefreshEnd{*end, object->text("refreshEndIs") == "fixed"};
  if (const auto end = record::time_in(*object, "warnedEnd"))
    grant.warned = Warned{static_cast<int>(record::number_in(*object, "warnedDays").value_or(0)), *end};
  grant.death = read_death(object->text("death"));
  for (const std::string& text : record::list_in(*object, "tokens"))
    if (auto note = read_note(text)) grant.tokens.push_back(std::move(*note));
  return opened;
}

}  // namespace tokend
