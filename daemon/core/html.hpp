// HTML escaping: the only way by which a text that is not ours gets into a page. Safe in element content and in quoted
// attribute values; nowhere else, and pages.cpp writes nowhere else.
#pragma once
#include <string>
#include <string_view>

namespace tokend {

// & < > " ' become references; control characters become U+FFFD, so that nothing invisible changes what is read.
std::string html_escape(std::string_view text);

}  // namespace tokend
