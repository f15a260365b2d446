// The device authorization endpoint, and the page where a user types the code.
#include "tests/provider_double/client_auth.hpp"
#include "tests/provider_double/endpoints.hpp"
#include "tests/provider_double/pages.hpp"
#include "tests/provider_double/redirect_uri.hpp"
#include "tests/provider_double/text.hpp"

namespace tokend::provider_double {

Response device_authorization(Provider& provider, const Request& request)
{
  const auto form = authenticated_form(provider, request);
  if (!form) return error_response(form.error());
  const auto& settings = provider.settings;
  auto scopes = provider.grantable(scope_set(form->get_or("scope", settings.default_scope)));
  if (scopes.empty()) return oauth_error(400, "invalid_scope", "nothing of this scope can be granted");

  DeviceRequest device{.user_code = random_user_code(),
                       .scopes = std::move(scopes),
                       .interval = settings.device_interval,
                       .expires_at = provider.clock.now() + settings.device_ttl};
  if (settings.auto_consent) {
    device.decision = DeviceDecision::allowed;
    device.subject = settings.user;
  }
  const auto user_code = device.user_code;
  const auto device_code = provider.devices.open(std::move(device));
  provider.ledger.issued("device_code", device_code);
  const auto page = settings.issuer + "/device";
  auto answer = JsonObject()
                    .text("device_code", device_code)
                    .text("user_code", user_code)
                    .text("verification_uri", page)
                    .text("verification_uri_complete", with_parameters(page, {{"user_code", user_code}}))
                    .number("expires_in", settings.device_ttl.count());
  if (settings.send_device_interval) answer.number("interval", settings.device_interval.count());
  return json_response(200, std::move(answer));
}

Response device_page(Provider& provider, const Request& request)
{
  return html_response(200, user_code_page(provider.settings, request.query.get_or("user_code", "")));
}

Response device_decision(Provider& provider, const Request& request)
{
  const auto form = Parameters::parse(request.body);
  auto* device = form ? provider.devices.find_undecided(form->get_or("user_code", ""), provider.clock.now()) : nullptr;
  if (device == nullptr) return html_response(400, message_page("Unknown code", "Compare it with your device."));
  const bool allow = form->get_or("decision", "") == "allow";
  device->decision = allow ? DeviceDecision::allowed : DeviceDecision::denied;
  device->subject = form->get_or("user", provider.settings.user);
  return html_response(200, allow ? message_page("Your device is signed in", "You can close this tab.")
                                  : message_page("Your device was not signed in", "You can close this tab."));
}

}  // namespace tokend::provider_double
