#include "daemon/vault/binding.hpp"

#include "daemon/vault/canonical.hpp"
#include "daemon/vault/primitives.hpp"

namespace tokend {

Binding binding_of(const BindingParts& parts)
{
  std::string message;
  append_lp(message, parts.issuer);
  append_lp(message, parts.token_origin);
  append_lp(message, parts.client_id);
  append_lp(message, parts.auth_method);
  return {blake2b_256(message)};
}

}  // namespace tokend
