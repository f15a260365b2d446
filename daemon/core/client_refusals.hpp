// What a token endpoint means that refuses the app itself, other than for its key or secret (RFC 6749 section 5.2), in
// words for terminal and page. All of them are config, bad_client: the same request would be refused again, so a
// person has to look at the definition, or at the app.
#pragma once
#include <string_view>

namespace tokend {

struct ClientRefusal {
  std::string_view error;   // the OAuth error code
  std::string_view why;     // what the provider says by it
  std::string_view look;    // where a person looks
  std::string_view option;  // of `tokenctl set`, which changes it here; empty: it is changed at the provider
};

// nullptr: any other code; where the cause is bad_client, key or secret are wrong.
const ClientRefusal* client_refusal(std::string_view error);

}  // namespace tokend
