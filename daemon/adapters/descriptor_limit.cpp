#include "daemon/adapters/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tokend {

std::size_t clients_that_fit(std::size_t limit, std::size_t wanted)
{
  return std::min(wanted, limit - std::min(kOwnDescriptors, limit / 2));
}

std::size_t make_room_for_clients(std::size_t wanted)
{
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  rlimit raised = limit;
  raised.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(wanted + kOwnDescriptors, limit.rlim_max));
  if (raised.rlim_cur != limit.rlim_cur && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return clients_that_fit(limit.rlim_cur, wanted);
}

}  // namespace tokend
