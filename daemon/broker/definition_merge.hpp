// From what `add` and `set` say to a definition: only the fields that are given change.
#pragma once
#include <string>
#include <vector>

#include "daemon/core/definition.hpp"
#include "proto/messages.hpp"
#include "proto/result.hpp"

namespace tokend {

// The names of the fields that now differ, as they stand on the wire ("clientSecret" is not among them: it is no part
// of the definition). kInvalidDefinition with the field as subject: a value that cannot be, or a field of a later
// version.
Result<std::vector<std::string>> merge(const wire::Definition&, AccountDefinition&);

}  // namespace tokend
