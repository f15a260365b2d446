#include "daemon/broker/account_record.hpp"

#include "daemon/broker/record_fields.hpp"
#include "daemon/core/canonical_json.hpp"

namespace tokend {

Secret to_json(const AccountRecord& account)
{
  CanonicalJson json;
  json.text("definition", to_json(account.definition)).text("created", record::text_of(account.created));
  if (account.ended != LoginEnd::kNone) json.text("endedAt", record::text_of(account.ended_at));
  json.list("origins", account.fixed_origins);
  json.flag("redefined", account.ended == LoginEnd::kRedefined);
  return Secret(json.flag("signedOut", account.ended == LoginEnd::kSignedOut).str());
}

Result<AccountRecord> read_account_record(const Secret& json)
{
  const auto document = JsonDocument::parse(json.reveal());
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return fail(ErrorCode::kInternal, "a stored account cannot be read");
  auto definition = definition_from_json(object->text("definition"));
  if (!definition) return fail(definition.error());
  AccountRecord account{.definition = std::move(*definition)};
  account.created = record::time_in(*object, "created").value_or(WallTime{});
  account.ended_at = record::time_in(*object, "endedAt").value_or(account.created);
  account.fixed_origins = record::list_in(*object, "origins");
  const auto is_set = [&](std::string_view name) {
    const auto flag = object->find(name);
    return flag && flag->boolean().value_or(false);
  };
  if (is_set("signedOut")) account.ended = LoginEnd::kSignedOut;
  if (is_set("redefined")) account.ended = LoginEnd::kRedefined;
  return account;
}

}  // namespace tokend
