// A connection of another user of this machine, to a loopback port. For root, who can act as one.
#pragma once
#include <sys/fsuid.h>
#include <sys/prctl.h>

#include <memory>

#include "tests/adapters/redirect_support.hpp"

namespace tokend::test {

struct Stranger {
  static constexpr uid_t kUid = 12345;

  // A socket belongs to who made it, by the fsuid of that one thread.
  static std::unique_ptr<Client> connect_to(std::uint16_t port, bool v6 = false)
  {
    ::setfsuid(kUid);
    auto client = std::make_unique<Client>(port, v6);
    ::setfsuid(0);
    ::prctl(PR_SET_DUMPABLE, 1);  // the leak checker looks on
    return client;
  }
};

}  // namespace tokend::test
