#include "daemon/vault/fingerprint.hpp"

#include "daemon/vault/canonical.hpp"
#include "daemon/vault/primitives.hpp"
#include "proto/secret.hpp"

namespace tokend {

std::string fingerprint(const Key& fingerprints, std::string_view credential)
{
  std::string message;
  message.reserve(64 + credential.size());  // no reallocation, which would leave a copy behind
  message += label("tokend-print-v1");
  append_lp(message, credential);
  std::string print = blake2b_256(message, fingerprints);
  wipe(message);
  return print;
}

}  // namespace tokend
