#include "daemon/core/schedule.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

BootTime at(int second) { return BootTime(Seconds(second)); }

TEST_CASE("alarms ring in the order of their times, each once")
{
  Alarms alarms;
  alarms.set(1, at(30));
  alarms.set(2, at(10));
  alarms.set(3, at(20));
  CHECK(alarms.earliest() == at(10));
  CHECK(alarms.pop_due(at(9)) == std::nullopt);
  CHECK(alarms.pop_due(at(20)) == 2);
  CHECK(alarms.pop_due(at(20)) == 3);
  CHECK(alarms.pop_due(at(20)) == std::nullopt);
  CHECK(alarms.earliest() == at(30));
}

TEST_CASE("an owner has one alarm: a new one replaces it, none takes it away")
{
  Alarms alarms;
  alarms.set(1, at(10));
  alarms.set(1, at(40));
  CHECK(alarms.earliest() == at(40));
  CHECK(alarms.pop_due(at(10)) == std::nullopt);
  alarms.set(1, std::nullopt);
  alarms.set(2, std::nullopt);
  CHECK(alarms.earliest() == std::nullopt);
  CHECK(alarms.pop_due(at(100)) == std::nullopt);
}

TEST_CASE("owners whose alarms are at the same time all get theirs")
{
  Alarms alarms;
  alarms.set(1, at(10));
  alarms.set(2, at(10));
  CHECK(alarms.pop_due(at(10)) == 1);
  CHECK(alarms.pop_due(at(10)) == 2);
}

}  // namespace
}  // namespace tokend::test
