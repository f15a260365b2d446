// A token as the header that carries it (RFC 6750 section 2.1), one line for a shell, a file or curl.
#pragma once
#include "client/failure.hpp"
#include "proto/messages.hpp"

namespace tokend::client {

// "Authorization: Bearer ...", and a line for each further header that the account's API wants; no newline at the end.
// A failure: a line could not hold it (control characters).
Outcome<Secret> authorization_header(const wire::TokenReply&);

}  // namespace tokend::client
