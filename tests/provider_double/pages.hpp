// The HTML that users of the server see. No script, no outside resource; every value is escaped.
#pragma once

#include <string>
#include <string_view>

#include "tests/provider_double/settings.hpp"

namespace tokend::provider_double {

struct ConsentQuestion {
  std::string request;  // the form's hidden value
  std::string scopes;
};

std::string consent_page(const Settings& settings, const ConsentQuestion& question);
std::string user_code_page(const Settings& settings, std::string_view user_code);
std::string message_page(std::string_view title, std::string_view line);

}  // namespace tokend::provider_double
