// What the front needs of the token endpoint besides answering: a request as the ledger notes it, for
// requests that a fault keeps from being processed.
#pragma once

#include "tests/provider_double/ledger.hpp"
#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

TokenRequest described(Provider& provider, const Request& request);

}  // namespace tokend::provider_double
