#include "tests/provider_double/client_auth.hpp"

#include <algorithm>
#include <optional>

#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {
namespace {

struct Credentials {
  std::string method;  // as in RFC 8414's token_endpoint_auth_methods_supported
  std::string id;
  std::string secret;
};

std::unexpected<OAuthError> refused(std::string error, std::string description)
{
  const int status = error == "invalid_client" ? 401 : 400;
  return std::unexpected(OAuthError{status, std::move(error), std::move(description)});
}

std::optional<Credentials> basic_credentials(const Settings& settings, std::string_view header)
{
  constexpr std::string_view kScheme = "Basic ";
  if (!header.starts_with(kScheme)) return std::nullopt;
  const auto pair = base64_decoded(header.substr(kScheme.size()));
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  const auto id = pair->substr(0, colon);
  const auto secret = pair->substr(colon + 1);
  if (settings.basic_encoding == BasicEncoding::raw) return Credentials{"client_secret_basic", id, secret};
  const auto decoded_id = form_decoded(id);
  const auto decoded_secret = form_decoded(secret);
  if (!decoded_id || !decoded_secret) return std::nullopt;
  return Credentials{"client_secret_basic", *decoded_id, *decoded_secret};
}

std::expected<Credentials, OAuthError> presented(const Settings& settings, const Request& request,
                                                 const Parameters& form)
{
  const auto header = request.header("authorization");
  const auto secret = form.get("client_secret");
  const auto id = form.get("client_id");
  if (header.empty()) {
    if (!id) return refused("invalid_client", "no client authentication");
    return Credentials{secret ? "client_secret_post" : "none", *id, secret.value_or("")};
  }
  if (secret) return refused("invalid_request", "two ways of client authentication");
  auto credentials = basic_credentials(settings, header);
  if (!credentials) return refused("invalid_client", "the Authorization header cannot be read");
  if (id && *id != credentials->id) return refused("invalid_request", "two client identifiers");
  return *credentials;
}

}  // namespace

std::expected<Parameters, OAuthError> authenticated_form(Provider& provider, const Request& request)
{
  if (!request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
    return refused("invalid_request", "the body is not a form");
  }
  auto form = Parameters::parse(request.body);
  if (!form) return refused("invalid_request", "the form cannot be decoded");
  if (const auto name = form->repeated()) return refused("invalid_request", "parameter given twice: " + *name);

  const auto& settings = provider.settings;
  const auto client = presented(settings, request, *form);
  if (!client) return std::unexpected(client.error());
  if (std::ranges::find(settings.client_auth, client->method) == settings.client_auth.end()) {
    return refused("invalid_client", "this client may not authenticate by " + client->method);
  }
  if (client->id != settings.client_id) return refused("invalid_client", "unknown client");
  if (client->method == "none") return *form;
  provider.ledger.issued("client_secret", settings.client_secret);
  if (!same_secret(client->secret, settings.client_secret)) return refused("invalid_client", "wrong client secret");
  return *form;
}

Response error_response(const OAuthError& error)
{
  auto response = oauth_error(error.status, error.error, error.description);
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"provider-double\"");
  return response;
}

}  // namespace tokend::provider_double
