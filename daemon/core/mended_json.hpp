// A JSON document that a strict reader refuses, made one that it may read, for the sake of what else is in it:
//   - a byte that is not UTF-8, a lone surrogate (\ud800) or a bare control character in a text becomes U+FFFD;
//   - an integer of more than 18 digits becomes one that any reader holds, 1e20 or -1e20.
// Whatever else is wrong stays wrong. Pure; the copy is wiped, for there may be tokens in it.
#pragma once
#include <string_view>

#include "proto/secret.hpp"

namespace tokend {

Secret mended_json(std::string_view);

}  // namespace tokend
