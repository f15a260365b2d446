// Text of others on a terminal: nothing in it may move the cursor, change colours, or show itself in another order than
// it is written.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tokend::client {

// One line: control characters (C0, DEL, C1), direction marks and bytes that are not UTF-8 become U+FFFD.
std::string printable(std::string_view);

std::size_t columns_of(std::string_view printable_text);  // code points; wide characters count as one

// Cut to so many columns, with "…" at the end where something is missing.
std::string shortened(std::string_view printable_text, std::size_t columns);

// The same with "…" in the middle: names that begin alike differ at their ends.
std::string shortened_inside(std::string_view printable_text, std::size_t columns);

}  // namespace tokend::client
