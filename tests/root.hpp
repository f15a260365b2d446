// Tests that only root can run carry the tag [root] and begin with `if (left_out()) return;`. The program runs without
// them; a second entry of ctest runs them alone, and is skipped, by name, where there is no root.
#pragma once
#include <unistd.h>

#include <cstdio>

namespace tokend::test {

inline bool left_out()
{
  if (::geteuid() == 0) return false;
  std::puts("tests: left out: not root");
  return true;
}

}  // namespace tokend::test
