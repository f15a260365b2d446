// Where a locked vault gets its master key from again. Real: adapters/vault_opening.
#pragma once
#include "daemon/vault/keys.hpp"
#include "proto/result.hpp"

namespace tokend {

class KeySource {
 public:
  virtual ~KeySource() = default;
  // kLocked, with what is wrong and the command that mends it.
  virtual Result<MasterKey> master_key() = 0;
};

}  // namespace tokend
