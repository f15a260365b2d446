#include "daemon/core/schedule.hpp"
#include "tests/catch.hpp"

namespace tokend::test {
namespace {

GrantId grant(int number) { return GrantId{number}; }

void ask_for(Admission& admission, int first, int last, const std::string& issuer, Urgency urgency = Urgency::kCaller)
{
  for (int i = first; i <= last; ++i) admission.ask(grant(i), issuer, urgency);
}

int admitted(Admission& admission)
{
  int count = 0;
  while (count < 1000 && admission.admit()) ++count;
  return count;
}

TEST_CASE("an issuer is asked by eight grants at a time")
{
  Admission admission;
  ask_for(admission, 1, 12, "a");
  CHECK(admitted(admission) == 8);
  admission.give_back(grant(3));
  CHECK(admission.admit() == grant(9));
  CHECK(admission.admit() == std::nullopt);
}

TEST_CASE("a busy issuer holds up no other")
{
  Admission admission;
  ask_for(admission, 1, 20, "busy");
  admission.ask(grant(21), "other", Urgency::kBackground);
  CHECK(admitted(admission) == 9);
}

TEST_CASE("sixty-four exchanges are in flight in all")
{
  Admission admission;
  for (int issuer = 0; issuer < 10; ++issuer)
    ask_for(admission, issuer * 8 + 1, issuer * 8 + 8, "issuer" + std::to_string(issuer));
  CHECK(admitted(admission) == 64);
  CHECK(admission.in_flight() == 64);
  admission.give_back(grant(1));
  CHECK(admitted(admission) == 1);
}

TEST_CASE("callers go before background work, each in the order of asking")
{
  Admission admission;
  admission.ask(grant(1), "a", Urgency::kBackground);
  admission.ask(grant(2), "a", Urgency::kBackground);
  admission.ask(grant(3), "a", Urgency::kCaller);
  admission.ask(grant(4), "a", Urgency::kCaller);
  for (const int expected : {3, 4, 1, 2}) CHECK(admission.admit() == grant(expected));
}

TEST_CASE("asking again can raise the urgency, never lower it, and takes one place")
{
  Admission admission;
  admission.ask(grant(1), "a", Urgency::kBackground);
  admission.ask(grant(2), "a", Urgency::kCaller);
  admission.ask(grant(3), "a", Urgency::kBackground);
  admission.ask(grant(3), "a", Urgency::kCaller);
  admission.ask(grant(2), "a", Urgency::kBackground);
  for (const int expected : {2, 3, 1}) CHECK(admission.admit() == grant(expected));
  CHECK(admission.admit() == std::nullopt);
}

TEST_CASE("a grant that holds a slot is given no second one")
{
  Admission admission;
  admission.ask(grant(1), "a", Urgency::kCaller);
  CHECK(admission.admit() == grant(1));
  admission.ask(grant(1), "a", Urgency::kCaller);
  CHECK(admission.admit() == std::nullopt);
}

TEST_CASE("a place in the queue can be given back, and what was never held too")
{
  Admission admission;
  ask_for(admission, 1, 2, "a");
  admission.give_back(grant(1));
  admission.give_back(grant(77));
  CHECK(admission.admit() == grant(2));
  CHECK(admission.admit() == std::nullopt);
  CHECK(admission.in_flight() == 1);
}

}  // namespace
}  // namespace tokend::test
