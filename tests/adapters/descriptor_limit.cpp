// How many clients the process takes in, by what the system allows it to open.
#include "daemon/adapters/descriptor_limit.hpp"

#include <sys/resource.h>

#include "tests/catch.hpp"

using namespace tokend;

namespace {

class LimitOfThisTest {
 public:
  LimitOfThisTest() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  LimitOfThisTest(const LimitOfThisTest&) = delete;
  LimitOfThisTest& operator=(const LimitOfThisTest&) = delete;
  ~LimitOfThisTest() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  std::size_t hard() const { return before_.rlim_max; }
  void set_soft(std::size_t soft) { set({.rlim_cur = soft, .rlim_max = before_.rlim_max}); }
  std::size_t soft() const
  {
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    return now.rlim_cur;
  }

 private:
  static void set(const rlimit& limit) { REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0); }

  rlimit before_{};
};

}  // namespace

TEST_CASE("clients get what the daemon does not need for its own work")
{
  CHECK(clients_that_fit(1024, 4096) == 1024 - kOwnDescriptors);
  CHECK(clients_that_fit(100'000, 4096) == 4096);
  CHECK(clients_that_fit(4096 + kOwnDescriptors, 4096) == 4096);
  CHECK(clients_that_fit(256, 4096) == 128);  // too low for both: half each
  CHECK(clients_that_fit(0, 4096) == 0);
  CHECK(clients_that_fit(~std::size_t{0}, 65536) == 65536);
}

TEST_CASE("the soft limit is raised to what the clients need")
{
  LimitOfThisTest limit;
  if (limit.hard() < 300 + kOwnDescriptors) return;
  limit.set_soft(256);
  CHECK(make_room_for_clients(300) == 300);
  CHECK(limit.soft() == 300 + kOwnDescriptors);
}

TEST_CASE("a soft limit that is high enough stays")
{
  LimitOfThisTest limit;
  if (limit.hard() < 1000) return;
  limit.set_soft(1000);
  CHECK(make_room_for_clients(10) == 10);
  CHECK(limit.soft() == 1000);
}

TEST_CASE("beyond the hard limit there are fewer clients")
{
  LimitOfThisTest limit;
  limit.set_soft(256);
  const std::size_t too_many = limit.hard() + 1;
  CHECK(make_room_for_clients(too_many) == clients_that_fit(limit.hard(), too_many));
  CHECK(limit.soft() == limit.hard());
}
