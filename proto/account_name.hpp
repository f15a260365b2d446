// What an account may be called, and which names look like one that does not exist.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// [A-Za-z0-9][A-Za-z0-9._@+-]{0,63}
bool is_account_name(std::string_view);
inline constexpr std::string_view kAccountNameRule =
    "1 to 64 letters, digits and ._@+-, beginning with a letter or a digit";

// At most 3, nearest first: those that a slip of the finger turns into `wanted` (two edits, one in a short name);
// never `wanted` itself.
std::vector<std::string> similar_names(std::string_view wanted, std::span<const std::string> known);

}  // namespace tokend
