// Which redirect URIs the server accepts, and what it appends to them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/provider_double/settings.hpp"

namespace tokend::provider_double {

// Registered ones are compared byte for byte, or without the port of a loopback address (any_port).
// With none registered every http URI on a loopback address is good. Never one with a fragment.
bool is_registered(const Settings& settings, std::string_view redirect_uri);

std::string with_parameters(std::string_view uri, const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace tokend::provider_double
