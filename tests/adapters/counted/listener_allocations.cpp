// What a request on a kept connection costs in allocations: none. Counted on the loop's thread alone.
#include "tests/adapters/counted/counted_new.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;

TEST_CASE("a request on a kept connection allocates nothing")
{
  Served served;
  std::uint64_t before = 0, after = 0;
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    const auto ask = [&](int times) {
      for (int i = 0; i < times; ++i) {
        client.send("echo 0123456789 0123456789 0123456789 0123456789\n");
        if (client.read_line().size() != 43) throw std::runtime_error("a wrong answer");
      }
    };
    ask(10);  // the shared buffers have grown to what they need
    served.loop.post_from_any_thread([&] { before = allocations_of_this_thread(); });
    ask(1000);
    served.loop.post_from_any_thread([&] { after = allocations_of_this_thread(); });
    ask(1);
  });
  CHECK(before > 0);
  CHECK(after - before == 0);
}
