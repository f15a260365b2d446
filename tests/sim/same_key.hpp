// The key file of the simulator's vault.
#pragma once
#include "daemon/vault/key_source.hpp"

namespace tokend::sim {

class SameKey final : public KeySource {
 public:
  Result<MasterKey> master_key() override { return MasterKey{Key(LockedBytes(std::string(kKeyBytes, 'm')))}; }
};

}  // namespace tokend::sim
