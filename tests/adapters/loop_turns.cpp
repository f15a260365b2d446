// The loop: turns, alarms and workers.
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "daemon/adapters/asio_loop.hpp"
#include "daemon/adapters/signals.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace std::chrono_literals;

TEST_CASE("posted work runs in order and never inside its caller")
{
  AsioLoop loop;
  std::string order;
  loop.post([&] {
    loop.post([&] { order += "c"; });
    loop.post([&] {
      order += "d";
      loop.stop();
    });
    order += "a";
  });
  loop.post([&] { order += "b"; });
  CHECK(order.empty());
  loop.run();
  CHECK(order == "abcd");
}

TEST_CASE("the clocks stand still within a turn")
{
  AsioLoop loop;
  BootTime later{};
  loop.post([&] {
    const BootTime before = loop.now();
    for (int i = 0; i < 1'000'000; ++i)
      if (loop.now() != before) FAIL("the clock moved");
    loop.alarm_at(before + 2ms);
  });
  loop.on_alarm([&] {
    later = loop.now();
    loop.stop();
  });
  const BootTime start = loop.now();
  loop.run();
  CHECK(later >= start + 2ms);
}

TEST_CASE("an alarm fires once, not before its time, and at once if its time has passed")
{
  AsioLoop loop;
  int fired = 0;
  const BootTime at = loop.now() + 5ms;
  loop.on_alarm([&] {
    CHECK(loop.now() >= at);
    if (++fired == 1) return loop.alarm_at(BootTime{});
    loop.stop();
  });
  loop.alarm_at(at);
  loop.run();
  CHECK(fired == 2);
}

TEST_CASE("an alarm that is set anew replaces the last")
{
  AsioLoop loop;
  const BootTime late = loop.now() + 20ms;
  loop.on_alarm([&] {
    CHECK(loop.now() >= late);
    loop.stop();
  });
  loop.alarm_at(loop.now() + 1ms);
  loop.alarm_at(late);
  loop.run();
}

TEST_CASE("workers post from their threads, each in its order")
{
  AsioLoop loop;
  std::vector<int> seen;
  std::jthread worker([&] {
    for (int i = 0; i < 1000; ++i) loop.post_from_any_thread([&seen, i] { seen.push_back(i); });
    loop.post_from_any_thread([&] { loop.stop(); });
  });
  loop.run();
  CHECK(seen.size() == 1000);
  CHECK(std::ranges::is_sorted(seen));
}

TEST_CASE("what a joined worker has left is run without waiting")
{
  AsioLoop loop;
  bool ran = false;
  loop.post_from_any_thread([&] { ran = true; });
  loop.run_ready();
  CHECK(ran);
}

TEST_CASE("signals become calls on the loop")
{
  AsioLoop loop;
  std::string order;
  const Signals signals(loop, {.stop =
                                   [&] {
                                     order += "stop";
                                     loop.stop();
                                   },
                               .reload =
                                   [&] {
                                     order += "reload ";
                                     ::kill(::getpid(), SIGTERM);
                                   }});
  loop.post([] { ::kill(::getpid(), SIGHUP); });
  loop.run();
  CHECK(order == "reload stop");
}
