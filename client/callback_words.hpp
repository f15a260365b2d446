// What a person is told of a callback URL: what has to be registered at the provider, and who listens there.
#pragma once
#include <string>

namespace tokend::client {

// Lines for a terminal, without a newline at the end. Empty URL: none is needed.
std::string callback_words(const std::string& redirect_uri);

// The same as a part of a sentence: "with the callback URL .. exactly".
std::string callback_clause(const std::string& redirect_uri);

}  // namespace tokend::client
