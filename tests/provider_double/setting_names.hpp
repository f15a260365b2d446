// The settings by name: the one list that the command line (--access-ttl 8) and the control interface
// (access_ttl=8) both read.
#pragma once

#include <span>
#include <string_view>

#include "tests/provider_double/settings.hpp"

namespace tokend::provider_double {

struct SettingName {
  std::string_view name;
  std::string_view help;
  bool (*set)(Settings& settings, std::string_view value);  // false: not a value for it
};

std::span<const SettingName> setting_names();

// Lists are separated by spaces; switches are on or off. False: unknown name or not a value for it.
bool set_setting(Settings& settings, std::string_view name, std::string_view value);

}  // namespace tokend::provider_double
