#include "daemon/core/authorization_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "daemon/core/form.hpp"
#include "daemon/core/token_response.hpp"

namespace tokend {
namespace {

std::unexpected<Error> mixed_up(std::string why)
{
  return fail({.code = ErrorCode::kProviderRefused, .reason = std::move(why), .cause = "endpoint_changed"});
}

struct Parameters {
  std::optional<std::string> state, code, error, description, iss;

  std::optional<std::string>* slot(std::string_view name)
  {
    if (name == "state") return &state;
    if (name == "code") return &code;
    if (name == "error") return &error;
    if (name == "error_description") return &description;
    return name == "iss" ? &iss : nullptr;
  }
};

// RFC 6749 section 3.1: no parameter may stand there twice, known to us or not.
bool has_repeated_name(const std::vector<FormField>& fields)
{
  std::set<std::string_view> names;
  return !std::ranges::all_of(fields, [&](const FormField& field) { return names.insert(field.name).second; });
}

}  // namespace

std::optional<AuthorizationResponse> read_authorization_response(std::string_view query)
{
  auto fields = parse_form(query);
  if (!fields || has_repeated_name(*fields)) return std::nullopt;
  Parameters found;
  for (auto& field : *fields)
    if (auto* slot = found.slot(field.name)) *slot = std::move(field.value);
  const bool has_code = found.code && !found.code->empty();
  const bool has_error = found.error && !found.error->empty();
  if (has_code == has_error || !found.state) return std::nullopt;
  return AuthorizationResponse{.state = std::move(*found.state),
                               .code = Secret(std::move(found.code).value_or("")),
                               .error = std::move(found.error).value_or(""),
                               .description = std::move(found.description).value_or(""),
                               .iss = std::move(found.iss)};
}

Result<void> check_issuer(const AuthorizationResponse& response, const Provider& provider)
{
  if (!response.iss) {
    if (!provider.iss_required) return {};
    return mixed_up("the answer does not say from which issuer it is, and this one always says so");
  }
  if (provider.issuer.empty()) {
    if (!provider.iss_required) return {};
    return mixed_up(fmt::format("the answer is from {}, and this account names no issuer to compare it with",
                                escaped(*response.iss)));
  }
  if (*response.iss == provider.issuer) return {};
  return mixed_up(fmt::format("the answer is from {}, not from {}", escaped(*response.iss), provider.issuer));
}

}  // namespace tokend
