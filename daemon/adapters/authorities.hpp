// The file of additional certificate authorities (network.ca_file): looked at when the configuration is read, so that a
// wrong one is a mistake in the configuration and not a failure of each connection.
#pragma once
#include <string>

#include "proto/result.hpp"

namespace tokend {

Result<void> check_authorities(const std::string& path);  // PEM with one certificate at least; kInvalidParameter

}  // namespace tokend
