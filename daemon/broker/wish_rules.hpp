// What a caller may ask for. What is wrong here would cost a request, a back-off and a place among the grant's tokens
// before the provider says the same.
#pragma once
#include "proto/messages.hpp"
#include "proto/result.hpp"

namespace tokend {

// kInvalidParameter, naming resource (RFC 8707 section 2: an absolute URI without a fragment) or audience.
Result<void> check_wish(const wire::GetTokenCall&);

}  // namespace tokend
