// Logins that end by themselves: kept alive where use can do it, announced where nothing can.
#include <fmt/format.h>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

using std::chrono::days;
using std::chrono::hours;

HttpOutcome minted_for(std::string_view access, Seconds login_left)
{
  return reply(200, fmt::format(R"({{"access_token":"{}","refresh_token":"rt","token_type":"Bearer","expires_in":3600,)"
                                R"("refresh_expires_in":{}}})",
                                access, login_left.count()));
}

struct Ending : Bench {
  // A login that ends after so long whatever is done: its second answer has shown that.
  void sign_in_for(Seconds span)
  {
    add("mail");
    ends = loop.wall() + span;
    sign_in("mail", minted_for("at-1", span));
    refresh_fixed();
  }
  void refresh_fixed()
  {
    refresh("mail");
    answer(minted_for("at-2", ends - loop.wall()));
  }
  // So long before the end; the machine slept till then, and nobody has asked for the account for weeks.
  void pass_until(Seconds before) { pass(ends - before - loop.wall()); }
  std::vector<std::string> told() const
  {
    std::vector<std::string> sentences;
    for (const Notice& notice : notifier.notices) sentences.push_back(notice.sentence);
    return sentences;
  }
  WallTime ends{};
};

TEST_CASE_METHOD(Ending, "a person is told 14, 3 and 1 days before a login ends, once each")
{
  sign_in_for(days(30));
  pass_until(days(14) + hours(1));
  CHECK(told().empty());
  for (const Seconds before : {Seconds(days(14)), Seconds(days(10)), Seconds(days(3)), Seconds(days(1)), Seconds(60)})
    pass_until(before);
  CHECK(told() == std::vector<std::string>{"the login of mail ends within 14 days",
                                           "the login of mail ends within 3 days",
                                           "the login of mail ends within 1 day"});
  CHECK(notifier.notices.front().cause == "login_ends");
  CHECK(notifier.notices.front().next == "tokenctl login mail");
}

TEST_CASE_METHOD(Ending, "whoever subscribes is told too, and the status says it from then on")
{
  sign_in_for(days(30));
  const Caller& watcher = subscribe();
  pass_until(days(14));
  CHECK(watcher.read<wire::Event>().event == wire::EventKind::kAgeing);
  CHECK(watcher.read<wire::Event>().cause == "login_ends");
  CHECK(status("mail").cause == "login_ends");
  CHECK(status("mail").next == "tokenctl login mail");
  CHECK(status("mail").refresh_expires_at == ends.time_since_epoch().count());
}

TEST_CASE_METHOD(Ending, "what was told before a restart is not told again")
{
  sign_in_for(days(30));
  pass_until(days(14));
  restart();
  CHECK(told().size() == 1);
  pass_until(days(3));
  CHECK(told().size() == 2);
}

TEST_CASE_METHOD(Ending, "what came due while tokend was off is told at its start, in one notice")
{
  sign_in_for(days(30));
  restart(ends - loop.wall() - days(2));
  CHECK(told() == std::vector<std::string>{"the login of mail ends within 3 days"});
}

TEST_CASE_METHOD(Ending, "refreshing in between does not make it tell twice")
{
  sign_in_for(days(30));
  pass_until(days(14));
  refresh_fixed();
  pass_until(days(13));
  restart();
  CHECK(told().size() == 1);
}

TEST_CASE_METHOD(Ending, "a new login is the end of it")
{
  sign_in_for(days(30));
  pass_until(days(14));
  sign_in("mail", minted("at-3", "rt-3"));
  CHECK(status("mail").cause == "");
  pass(days(20));
  CHECK(told().size() == 1);
}

TEST_CASE_METHOD(Ending, "wishes that somebody has made do not keep a person from being told")
{
  sign_in_for(days(30));
  pass_until(days(14) + Seconds(60));
  for (int n = 0; n < 8; ++n) {
    add(fmt::format("other-{}", n), definition());
    wire::GetTokenCall wish;
    wish.login = true;
    ask(fmt::format("other-{}", n), wish);
  }
  pass_until(days(14));
  CHECK(told().back() == "the login of mail ends within 14 days");
}

TEST_CASE_METHOD(Ending, "where many logins end at once the last are told of later, and none is forgotten")
{
  for (int n = 0; n < 8; ++n) {
    const std::string name = fmt::format("account-{}", n);
    add(name, definition());
    sign_in(name, minted_for("at", days(30)));
    refresh(name);
    answer(minted_for("at-2", days(30)));
  }
  config.keep_alive = false;
  restart(days(17));
  CHECK(told().size() == 6);
  pass(hours(2));
  CHECK(told().size() == 8);
}

TEST_CASE_METHOD(Ending, "a login that never lives for long is no news")
{
  sign_in_for(hours(12));
  pass_until(hours(1));
  CHECK(told().empty());
}

TEST_CASE_METHOD(Ending, "a note that the disk refuses changes nothing")
{
  sign_in_for(days(30));
  disk.fill(DiskTrouble::kFull);
  pass_until(days(14));
  CHECK(told().size() == 1);
  disk.fill({});
  pass_until(days(13));
  CHECK(status("mail").usable == false);
  refresh_fixed();
  CHECK(status("mail").usable);
}

TEST_CASE_METHOD(Ending, "an account that nobody uses is kept alive, over restarts too")
{
  add("mail");
  sign_in("mail", minted_for("at-1", days(60)));
  const std::size_t asked = provider.asked.size();
  restart(days(30));
  CHECK(provider.asked.size() == asked);
  pass(days(10));
  REQUIRE(provider.asked.size() == asked + 1);
  answer(minted_for("at-2", days(60)));
  pass(days(39));
  CHECK(provider.asked.size() == asked + 1);
  pass(days(1));
  CHECK(provider.asked.size() == asked + 2);
  CHECK(told().empty());
}

TEST_CASE_METHOD(Ending, "keeping alive can be turned off in the configuration")
{
  config.keep_alive = false;
  restart();
  add("mail");
  sign_in("mail", minted_for("at-1", days(60)));
  const std::size_t asked = provider.asked.size();
  pass(days(59));
  CHECK(provider.asked.size() == asked);
  CHECK(told().size() == 1);
}

}  // namespace
}  // namespace tokend::test
