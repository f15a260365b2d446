// The head of a grant: a keyed hash that names its newest generation and refresh record. Kept in a table
// of its own and written in the same unit, it shows a replayed or deleted grant row. An old copy of the whole database
// it cannot show.
#pragma once
#include <string>
#include <string_view>

#include "daemon/ports/ids.hpp"
#include "daemon/vault/keys.hpp"

namespace tokend {

// BLAKE2b-256("tokend-head-v1\0" || lp(grant) || lp(generation) || lp(tag16), K2); the tag is empty without a record.
std::string head(const Key& heads, GrantId, Generation, std::string_view tag16);

}  // namespace tokend
