// To which token endpoint, as which client, a grant's secrets may go. It is sealed into every record of
// the grant: a definition that points elsewhere cannot open them.
#pragma once
#include <string>
#include <string_view>

namespace tokend {

struct Binding {
  std::string bytes = {};  // 32; empty for records that belong to no grant

  bool operator==(const Binding&) const = default;
};

struct BindingParts {
  std::string_view issuer;        // empty where none is known
  std::string_view token_origin;  // scheme://host[:port] of the token endpoint
  std::string_view client_id;
  std::string_view auth_method;  // how the client authenticates: "basic", "post", "none", ...
};

// BLAKE2b-256(lp(issuer) || lp(token origin) || lp(client id) || lp(auth method))
Binding binding_of(const BindingParts&);

}  // namespace tokend
