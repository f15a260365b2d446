#include "client/definition_options.hpp"

#include <span>

#include "client/advice.hpp"
#include "client/terminal.hpp"
#include "proto/error_codes.hpp"
#include "proto/utf8.hpp"

namespace tokend::client {
namespace {

struct TextOption {
  std::string_view name;
  std::optional<std::string> wire::Definition::* field;
};
constexpr TextOption kTexts[] = {
    {"--issuer", &wire::Definition::issuer},
    {"--authorization-endpoint", &wire::Definition::authorization_endpoint},
    {"--token-endpoint", &wire::Definition::token_endpoint},
    {"--device-endpoint", &wire::Definition::device_endpoint},
    {"--revocation-endpoint", &wire::Definition::revocation_endpoint},
    {"--client-auth", &wire::Definition::client_auth},
    {"--basic-encoding", &wire::Definition::basic_encoding},
    {"--client-id", &wire::Definition::client_id},
    {"--redirect-uri", &wire::Definition::redirect_uri},
};

struct WordOption {
  std::string_view name;
  std::span<const std::string_view> words;
  std::string_view rule;
};
constexpr std::string_view kAuths[] = {"basic", "post", "none"}, kEncodings[] = {"form", "raw"},
                           kFlows[] = {"code", "device", "client_credentials"};
constexpr WordOption kWords[] = {
    {"--client-auth", kAuths, "basic, post or none"},
    {"--basic-encoding", kEncodings, "form or raw"},
    {"--flow", kFlows, "code, device or client_credentials"},
};

// Nothing that can be taken away: without it there would be no provider, or no app.
Outcome<void> check_present(const Arguments& arguments)
{
  constexpr std::pair<std::string_view, std::string_view> kNeeded[] = {
      {"--issuer", "it is the provider's https:// address"},
      {"--client-id", "the provider shows it where the app is registered"}};
  for (const auto& [name, what] : kNeeded)
    if (arguments.value(name) == "") return failed(usage(std::string(name) + " is empty: " + std::string(what)));
  return {};
}

Outcome<void> check_words(const Arguments& arguments)
{
  if (arguments.value("--client-auth") == "private_key_jwt")
    return failed(usage("--client-auth private_key_jwt is not in this version of tokenctl yet"));
  for (const WordOption& option : kWords) {
    const auto given = arguments.value(option.name);
    if (given && std::ranges::find(option.words, *given) == option.words.end())
      return failed(usage(std::string(option.name) + " is " + std::string(option.rule) + ", not '" + *given + "'"));
  }
  return {};
}

// The fields that are no word of a sentence too: `issuer` and `scopes` are understood as they are.
struct FieldName {
  std::string_view field, option;
};
constexpr FieldName kFieldNames[] = {
    {"authorizationEndpoint", "--authorization-endpoint"},
    {"tokenEndpoint", "--token-endpoint"},
    {"deviceEndpoint", "--device-endpoint"},
    {"revocationEndpoint", "--revocation-endpoint"},
    {"clientAuth", "--client-auth"},
    {"basicEncoding", "--basic-encoding"},
    {"insecureLoopback", "--insecure-loopback"},
    {"sharedRedirect", "--shared-redirect"},
    {"clientId", "--client-id"},
    {"clientSecret", "--client-secret-file"},
    {"redirectUri", "--redirect-uri"},
};

std::optional<std::vector<std::string>> list(const Arguments& arguments, std::string_view name)
{
  if (!arguments.has(name)) return std::nullopt;
  return arguments.values(name);
}

Outcome<std::optional<wire::TextMap>> map(const Arguments& arguments, std::string_view name)
{
  if (!arguments.has(name)) return std::nullopt;
  wire::TextMap entries;
  for (const std::string& text : arguments.values(name)) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0)
      return failed(usage(std::string(name) + " takes NAME=VALUE, not '" + text + "'"));
    const std::string key = text.substr(0, equals);
    if (std::ranges::find(entries, key, &wire::TextMap::value_type::first) != entries.end())
      return failed(usage(std::string(name) + " " + key + " is given twice"));
    entries.emplace_back(key, text.substr(equals + 1));
  }
  return entries;
}

}  // namespace

Outcome<wire::Definition> read_definition(const Arguments& arguments)
{
  if (auto present = check_present(arguments); !present) return failed(present.error());
  if (auto known = check_words(arguments); !known) return failed(known.error());
  wire::Definition definition;
  for (const TextOption& option : kTexts) definition.*option.field = arguments.value(option.name);
  if (arguments.has("--insecure-loopback")) definition.insecure_loopback = true;
  if (arguments.has("--shared-redirect")) definition.shared_redirect = true;
  definition.scopes = list(arguments, "--scope");
  definition.urls = list(arguments, "--url");
  if (const auto flow = arguments.value("--flow")) definition.flow = flow_from(*flow);
  auto vars = map(arguments, "--var");
  auto params = map(arguments, "--param");
  if (!vars) return failed(vars.error());
  if (!params) return failed(params.error());
  definition.vars = std::move(*vars);
  definition.params = std::move(*params);
  return definition;
}

Outcome<void> read_client_secret(const Arguments& arguments, wire::Definition& definition)
{
  const auto file = arguments.value("--client-secret-file");
  if (!file) return {};
  auto secret = read_secret(*file, "Client secret (not shown): ");
  if (!secret) return failed(secret.error());
  if (!is_utf8(secret->reveal()))
    return failed(usage("the client secret is not UTF-8 text", "give a file that holds the secret and nothing else"));
  definition.client_secret = std::move(*secret);
  return {};
}

std::vector<std::string> options_of(const wire::Definition& definition)
{
  std::vector<std::string> words;
  const auto add = [&](std::string_view name, const std::string& value) {
    words.insert(words.end(), {std::string(name), shell_word(value)});
  };
  for (const TextOption& option : kTexts)
    if (const auto& value = definition.*option.field) add(option.name, *value);
  if (definition.client_secret) add("--client-secret-file", "-");
  if (definition.flow) add("--flow", std::string(name_of(*definition.flow)));
  for (const std::string& scope : definition.scopes.value_or(std::vector<std::string>())) add("--scope", scope);
  for (const std::string& url : definition.urls.value_or(std::vector<std::string>())) add("--url", url);
  for (const auto& [key, value] : definition.vars.value_or(wire::TextMap())) add("--var", key + "=" + value);
  for (const auto& [key, value] : definition.params.value_or(wire::TextMap())) add("--param", key + "=" + value);
  if (definition.insecure_loopback) words.emplace_back("--insecure-loopback");
  if (definition.shared_redirect) words.emplace_back("--shared-redirect");
  return words;
}

Failure with_option_names(Failure failure)
{
  if (failure.error != names_of(ErrorCode::kInvalidDefinition).http) return failure;
  std::string& reason = failure.reason;
  for (const auto& [field, option] : kFieldNames)
    for (std::size_t at = reason.find(field); at != reason.npos; at = reason.find(field, at + option.size()))
      reason.replace(at, field.size(), option);
  return failure;
}

}  // namespace tokend::client
