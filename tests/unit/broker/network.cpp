// The network goes and comes back.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

TEST_CASE_METHOD(Bench, "an account that waits for the network goes on when it is back")
{
  add("mail");
  sign_in("mail");
  expire();
  ask("mail");
  answer(not_sent());
  CHECK(state("mail") == "backing_off");
  const std::size_t asked = provider.asked.size();
  sleep(Seconds(2));
  link.up();
  run();
  REQUIRE(provider.asked.size() == asked + 1);
  CHECK(provider.last().has("refresh_token=rt-1"));
  answer(minted("at-3", "rt-3"));
  CHECK(state("mail") == "fresh");
}

}  // namespace
}  // namespace tokend::test
