#include "tests/provider_double/setting_names.hpp"

#include <array>
#include <charconv>
#include <sstream>

namespace tokend::provider_double {
namespace {

bool read(Seconds& target, std::string_view value)
{
  Seconds::rep number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < 0) return false;
  target = Seconds{number};
  return true;
}

bool read(bool& target, std::string_view value)
{
  target = value == "on";
  return value == "on" || value == "off";
}

bool read(std::string& target, std::string_view value)
{
  target = value;
  return true;
}

bool read(std::vector<std::string>& target, std::string_view value)
{
  std::istringstream words{std::string(value)};
  target.clear();
  for (std::string word; words >> word;) target.push_back(word);
  return true;
}

template <typename T> bool read(T& target, std::optional<T> value)
{
  if (value) target = *value;
  return value.has_value();
}

bool read_client_secret(Settings& settings, std::string_view value)
{
  settings.client_secret = value;
  if (value.empty()) {
    settings.client_auth = {"none"};
  } else if (settings.client_auth == std::vector<std::string>{"none"}) {
    settings.client_auth = Settings{}.client_auth;
  }
  return true;
}

using View = std::string_view;
constexpr std::array kSettingNames = {
    SettingName{"client_id", "the registered client", [](Settings& s, View v) { return read(s.client_id, v); }},
    SettingName{"client_secret", "its secret; empty: a public client", read_client_secret},
    SettingName{"client_auth", "list of client_secret_basic, client_secret_post, none",
                [](Settings& s, View v) { return read(s.client_auth, v); }},
    SettingName{"basic_encoding", "form or raw",
                [](Settings& s, View v) { return read(s.basic_encoding, basic_encoding_named(v)); }},
    SettingName{"redirect_uris", "registered redirect URIs; none: any loopback one",
                [](Settings& s, View v) { return read(s.redirect_uris, v); }},
    SettingName{"redirect_matching", "exact or any_port",
                [](Settings& s, View v) { return read(s.redirect_matching, redirect_matching_named(v)); }},
    SettingName{"require_pkce", "on or off", [](Settings& s, View v) { return read(s.require_pkce, v); }},
    SettingName{"iss", "sent, omitted or wrong",
                [](Settings& s, View v) { return read(s.iss, iss_parameter_named(v)); }},
    SettingName{"discovery", "on or off", [](Settings& s, View v) { return read(s.discovery, v); }},
    SettingName{"scopes", "what can be granted; empty: whatever is asked for",
                [](Settings& s, View v) { return read(s.scopes, v); }},
    SettingName{"user", "who consents: ana or bob", [](Settings& s, View v) { return read(s.user, v); }},
    SettingName{"auto_consent", "on: yes without a page", [](Settings& s, View v) { return read(s.auto_consent, v); }},
    SettingName{"code_ttl", "seconds", [](Settings& s, View v) { return read(s.code_ttl, v); }},
    SettingName{"access_ttl", "seconds", [](Settings& s, View v) { return read(s.access_ttl, v); }},
    SettingName{"send_expires_in", "on or off", [](Settings& s, View v) { return read(s.send_expires_in, v); }},
    SettingName{"send_id_token", "on or off", [](Settings& s, View v) { return read(s.send_id_token, v); }},
    SettingName{"rotation", "never, leeway or strict",
                [](Settings& s, View v) { return read(s.rotation, rotation_named(v)); }},
    SettingName{"leeway", "seconds that a superseded refresh token lives on",
                [](Settings& s, View v) { return read(s.leeway, v); }},
    SettingName{"refresh_ends_access_token", "on or off",
                [](Settings& s, View v) { return read(s.refresh_ends_access_token, v); }},
    SettingName{"device_interval", "seconds", [](Settings& s, View v) { return read(s.device_interval, v); }},
    SettingName{"send_device_interval", "on or off",
                [](Settings& s, View v) { return read(s.send_device_interval, v); }},
    SettingName{"device_ttl", "seconds", [](Settings& s, View v) { return read(s.device_ttl, v); }},
};

}  // namespace

std::span<const SettingName> setting_names() { return kSettingNames; }

bool set_setting(Settings& settings, std::string_view name, std::string_view value)
{
  for (const auto& known : kSettingNames) {
    if (known.name == name) return known.set(settings, value);
  }
  return false;
}

}  // namespace tokend::provider_double
