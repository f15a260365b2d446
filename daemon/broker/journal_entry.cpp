#include "daemon/broker/journal_entry.hpp"

#include <algorithm>
#include <array>

#include "daemon/broker/record_fields.hpp"
#include "daemon/core/base64url.hpp"
#include "daemon/core/canonical_json.hpp"

namespace tokend {
namespace {

constexpr std::array<std::string_view, 3> kFieldsThatMatter = {"content-type", "date", "dpop-nonce"};

void write_reply(CanonicalJson& json, const HttpReply& reply)
{
  json.text("status", record::text_of(reply.status)).text("body", base64url_encode(reply.body.reveal()));
  for (const HttpField& field : reply.fields)
    if (std::ranges::find(kFieldsThatMatter, field.name) != kFieldsThatMatter.end())
      json.text(field.name, field.value.reveal());
}

std::optional<HttpReply> read_reply(const JsonObject& object)
{
  const auto status = record::number_in(object, "status");
  if (!status) return std::nullopt;
  HttpReply reply{.status = static_cast<int>(*status), .fields = {}, .body = {}};
  reply.body = Secret(base64url_decode(object.text("body")).value_or(""));
  for (const std::string_view name : kFieldsThatMatter)
    if (std::string value = object.text(name); !value.empty())
      reply.fields.push_back({std::string(name), Secret(std::move(value))});
  return reply;
}

void write_consent(CanonicalJson& json, const ConsentNote& note)
{
  json.text("account", record::text_of(number(note.account))).text("definition", to_json(note.definition));
  if (note.metadata) json.text("metadata", to_json(*note.metadata));
  if (note.nonce) json.text("nonce", *note.nonce);
  if (!note.before) return;
  json.text("beforeIssuer", note.before->issuer).text("beforeSubject", note.before->subject);
  json.text("beforeLabel", note.before->label);
}

Result<std::optional<ConsentNote>> read_consent(const JsonObject& object)
{
  const auto account = record::number_in(object, "account");
  if (!account) return std::nullopt;
  auto definition = definition_from_json(object.text("definition"));
  if (!definition) return fail(definition.error());
  ConsentNote note{.account = AccountId{*account}, .definition = std::move(*definition)};
  if (const std::string metadata = object.text("metadata"); !metadata.empty())
    if (auto read = parse_metadata(metadata, note.definition.issuer)) note.metadata = std::move(*read);
  if (std::string nonce = object.text("nonce"); !nonce.empty()) note.nonce = std::move(nonce);
  Identity before{object.text("beforeIssuer"), object.text("beforeSubject"), object.text("beforeLabel")};
  if (!before.subject.empty()) note.before = std::move(before);
  return note;
}

}  // namespace

Secret to_json(const JournalEntry& entry, const HttpReply* reply)
{
  CanonicalJson json;
  json.list("scopes", entry.key.scopes).text("resource", entry.key.resource).text("audience", entry.key.audience);
  json.text("sent", record::text_of(entry.sent)).text("answered", record::text_of(entry.answered));
  if (entry.consent) write_consent(json, *entry.consent);
  if (reply) write_reply(json.text("readBy", TOKEND_VERSION), *reply);
  return Secret(json.str());
}

Result<OpenedEntry> read_journal_entry(const Secret& json)
{
  const auto document = JsonDocument::parse(json.reveal());
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return fail(ErrorCode::kInternal, "a journal entry cannot be read");
  auto consent = read_consent(*object);
  if (!consent) return fail(consent.error());
  OpenedEntry opened{.entry = {.key = record::key_in(*object), .consent = std::move(*consent)}};
  opened.entry.sent = record::time_in(*object, "sent").value_or(WallTime{});
  opened.entry.answered = record::time_in(*object, "answered").value_or(WallTime{});
  opened.reply = read_reply(*object);
  opened.read_by = object->text("readBy");
  return opened;
}

}  // namespace tokend
