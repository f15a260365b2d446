// Names and canonical JSON; what makes a definition valid stands in definition_rules.cpp.
#include "daemon/core/definition.hpp"

#include <utility>

#include "daemon/core/canonical_json.hpp"
#include "daemon/core/json_document.hpp"

namespace tokend {
namespace {

// One row per enumerator; the names are persisted.
template <class Enum> struct Name {
  Enum value;
  std::string_view text;
};
constexpr Name<ClientAuth> kClientAuths[] = {
    {ClientAuth::kBasic, "basic"}, {ClientAuth::kPost, "post"}, {ClientAuth::kNone, "none"}};
constexpr Name<BasicEncoding> kBasicEncodings[] = {{BasicEncoding::kForm, "form"}, {BasicEncoding::kRaw, "raw"}};

template <class Enum, std::size_t n> std::string_view text_of(const Name<Enum> (&names)[n], Enum value)
{
  for (const auto& name : names)
    if (name.value == value) return name.text;
  return {};
}

template <class Enum, std::size_t n> std::optional<Enum> value_of(const Name<Enum> (&names)[n], std::string_view text)
{
  for (const auto& name : names)
    if (name.text == text) return name.value;
  return std::nullopt;
}

struct TextMember {
  std::string_view name;
  std::string AccountDefinition::* value;
};
constexpr TextMember kTexts[] = {
    {"issuer", &AccountDefinition::issuer},
    {"authorizationEndpoint", &AccountDefinition::authorization_endpoint},
    {"tokenEndpoint", &AccountDefinition::token_endpoint},
    {"deviceEndpoint", &AccountDefinition::device_endpoint},
    {"revocationEndpoint", &AccountDefinition::revocation_endpoint},
    {"clientId", &AccountDefinition::client_id},
    {"redirectUri", &AccountDefinition::redirect_uri},
};

std::vector<std::string> read_list(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  return value ? value->strings().value_or(std::vector<std::string>()) : std::vector<std::string>();
}

std::map<std::string, std::string> read_texts(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  const auto inner = value ? value->object() : std::nullopt;
  std::map<std::string, std::string> texts;
  if (!inner) return texts;
  for (const auto& [key, text] : inner->members()) texts[std::string(key)] = std::string(text.string().value_or(""));
  return texts;
}

bool read_flag(const JsonObject& object, std::string_view name)
{
  const auto value = object.find(name);
  return value && value->boolean().value_or(false);
}

}  // namespace

std::string_view name_of(ClientAuth auth) { return text_of(kClientAuths, auth); }
std::string_view name_of(BasicEncoding encoding) { return text_of(kBasicEncodings, encoding); }
std::optional<ClientAuth> client_auth_from(std::string_view name) { return value_of(kClientAuths, name); }
std::optional<BasicEncoding> basic_encoding_from(std::string_view name) { return value_of(kBasicEncodings, name); }

std::string_view provider_id(const AccountDefinition& definition)
{
  return definition.issuer.empty() ? "oauth2" : "oidc";
}

std::string to_json(const AccountDefinition& definition)
{
  CanonicalJson json;
  for (const auto& [name, value] : kTexts) json.text(name, definition.*value);
  if (definition.client_auth) json.text("clientAuth", name_of(*definition.client_auth));
  if (definition.basic_encoding != BasicEncoding::kForm) json.text("basicEncoding", name_of(definition.basic_encoding));
  if (definition.flow != Flow::kCode) json.text("flow", name_of(definition.flow));
  json.flag("insecureLoopback", definition.insecure_loopback).flag("sharedRedirect", definition.shared_redirect);
  json.list("scopes", definition.scopes).list("urls", definition.urls);
  return json.texts("params", definition.params).texts("vars", definition.vars).str();
}

Result<AccountDefinition> definition_from_json(std::string_view text)
{
  const auto document = JsonDocument::parse(text);
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return fail(ErrorCode::kInternal, "a stored definition cannot be read");
  AccountDefinition definition;
  for (const auto& [name, value] : kTexts) definition.*value = object->text(name);
  definition.client_auth = client_auth_from(object->text("clientAuth"));
  definition.basic_encoding = basic_encoding_from(object->text("basicEncoding")).value_or(BasicEncoding::kForm);
  definition.flow = flow_from(object->text("flow")).value_or(Flow::kCode);
  definition.insecure_loopback = read_flag(*object, "insecureLoopback");
  definition.shared_redirect = read_flag(*object, "sharedRedirect");
  definition.scopes = read_list(*object, "scopes");
  definition.urls = read_list(*object, "urls");
  definition.params = read_texts(*object, "params");
  definition.vars = read_texts(*object, "vars");
  return definition;
}

}  // namespace tokend
