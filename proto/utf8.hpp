// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tokend {

// The length of the well-formed sequence that begins at `at`; 0: there is none.
std::size_t utf8_length(std::string_view text, std::size_t at);
bool is_utf8(std::string_view);
void append_utf8(std::string& out, unsigned code_point);  // a scalar value

}  // namespace tokend
