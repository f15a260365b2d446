// Whether the environment wants https to a host to go through a proxy (HTTPS_PROXY, ALL_PROXY), or exempts it
// (NO_PROXY: names separated by spaces or commas, each with its subdomains; * is every host). Not here: which proxy,
// curl reads that.
#pragma once
#include <string_view>

namespace tokend {

bool goes_through_proxy(std::string_view host);                           // in the environment of this process
bool is_exempt_from_proxy(std::string_view host, std::string_view list);  // list: what NO_PROXY says

}  // namespace tokend
