// A network of the test's own: a namespace in which links come up. Needs root.
#include "daemon/adapters/netlink_link.hpp"

#include <sched.h>
#include <stdlib.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/root.hpp"

using namespace tokend;

namespace {

bool do_all(const std::vector<std::string>& commands)
{
  for (const std::string& command : commands)
    if (::system(("ip " + command).c_str()) != 0) return false;
  return true;
}

// Runs on a thread that lives in a new network namespace.
void in_own_network(const std::function<void()>& body)
{
  bool entered = false;
  std::thread([&] {
    entered = ::unshare(CLONE_NEWNET) == 0;
    if (entered) body();
  }).join();
  REQUIRE(entered);
}

// How often the link was said to be up, after these commands; the last one is awaited.
int told_after(const std::vector<std::string>& quiet, const std::vector<std::string>& up)
{
  int told = 0;
  bool done = false;
  in_own_network([&] {
    AsioLoop loop;
    NetlinkLink link(loop);
    link.on_up([&] {
      ++told;
      loop.stop();
    });
    done = do_all(quiet);
    loop.run_ready();
    done = done && told == 0 && do_all(up);
    if (done) loop.run();
    loop.run_ready();
  });
  CHECK(done);
  return told;
}

const std::vector<std::string> kInside{"link set lo up", "link add left type veth peer name right", "link set left up",
                                       "link set right up", "route add 10.1.0.0/16 dev left"};

}  // namespace

TEST_CASE("a default route is a way out, what stays on the link is not", "[root]")
{
  if (test::left_out()) return;
  CHECK(told_after(kInside, {"route add default dev left"}) == 1);
}

TEST_CASE("an address that is known beyond its link is one too", "[root]")
{
  if (test::left_out()) return;
  CHECK(told_after(kInside, {"address add 192.0.2.7/24 dev left"}) >= 1);
}

TEST_CASE("a default route of IPv6 counts as well", "[root]")
{
  if (test::left_out()) return;
  CHECK(told_after(kInside, {"-6 route add default dev left"}) == 1);
}
