// Subscribe: how everything stands, `synced`, then each change and nothing else.
#include <fmt/format.h>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

// What came since the last look: "snapshot ana fresh", "synced" ..
class Log {
 public:
  explicit Log(const Caller& subscriber) : subscriber_(subscriber) {}
  std::vector<std::string> news()
  {
    std::vector<std::string> lines;
    for (; seen_ < subscriber_.answers.size(); ++seen_) {
      const auto event = wire::read_message<wire::Event>(subscriber_.answers[seen_]);
      std::string line(wire::name_of(event->event));
      if (!event->account.empty()) line += " " + event->account;
      if (event->state) line += fmt::format(" {}", wire::name_of(*event->state));
      if (!event->cause.empty()) line += " " + event->cause;
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  const Caller& subscriber_;
  std::size_t seen_ = 0;
};
using Lines = std::vector<std::string>;

struct TwoAccounts : Bench {
  TwoAccounts()
  {
    sign_in("ana");
    add("ben");
  }
};

TEST_CASE_METHOD(TwoAccounts,
                 "a subscriber is told how every account stands, then `synced`, and nothing that is no news")
{
  const Caller& subscriber = subscribe();
  Log log(subscriber);
  CHECK(log.news() == Lines{"snapshot ana fresh", "snapshot ben signed_out never_signed_in", "synced"});
  ask("ana");
  ask("ben");
  pass(Seconds(60));
  CHECK(log.news().empty());
  CHECK_FALSE(subscriber.over);
}

TEST_CASE_METHOD(TwoAccounts, "a subscriber to one account hears of no other")
{
  Log log(subscribe({"ben"}));
  CHECK(log.news() == Lines{"snapshot ben signed_out never_signed_in", "synced"});
  refresh("ana");
  answer(minted("at-2", "rt-2"));
  CHECK(log.news().empty());
  login("ben");
  CHECK(log.news() == Lines{"state ben signing_in"});
}

TEST_CASE_METHOD(TwoAccounts, "an account that is not there cannot be subscribed to")
{
  CHECK(subscribe({"ana", "eve"}).error->code == ErrorCode::kNoSuchAccount);
}

TEST_CASE_METHOD(TwoAccounts, "a refresh is three pieces of news")
{
  Log log(subscribe());
  log.news();
  refresh("ana");
  CHECK(log.news() == Lines{"state ana refreshing"});
  answer(minted("at-2", "rt-2"));
  CHECK(log.news() == Lines{"refreshed ana fresh", "state ana fresh"});
}

TEST_CASE_METHOD(TwoAccounts, "trouble is told once, however often it is met")
{
  Log log(subscribe());
  expire();
  ask("ana");
  log.news();
  answer(come_later(503, "60"));
  CHECK(log.news() == Lines{"state ana backing_off provider_error"});
  ask("ana");
  CHECK(log.news().empty());
  pass(Seconds(60));
  answer(come_later(503, "60"));
  CHECK(log.news() == Lines{"state ana refreshing", "state ana backing_off provider_error"});
  pass(Seconds(60));
  answer(refused("invalid_grant"));
  CHECK(log.news().back() == "state ana needs_login refresh_token_revoked");
}

TEST_CASE_METHOD(TwoAccounts, "accounts come and go")
{
  Log log(subscribe());
  log.news();
  add("eve");
  CHECK(log.news() == Lines{"added eve signed_out never_signed_in"});
  wire::Definition change;
  change.urls = {"https://api.example"};
  set("eve", std::move(change));
  CHECK(log.news() == Lines{"updated eve signed_out never_signed_in"});
  remove("eve");
  CHECK(log.news() == Lines{"removed eve signed_out never_signed_in"});
  add("eve");
  CHECK(log.news() == Lines{"added eve signed_out never_signed_in"});
}

TEST_CASE_METHOD(TwoAccounts, "a login is told from its beginning to its token")
{
  Log log(subscribe({"ben"}));
  log.news();
  begin_exchange("ben");
  CHECK(log.news() == Lines{"state ben signing_in"});
  answer(minted("at-2", "rt-2"));
  CHECK(log.news() == Lines{"refreshed ben fresh", "state ben fresh"});
  logout("ben", true);
  CHECK(log.news() == Lines{"state ben signed_out signed_out"});
}

TEST_CASE_METHOD(TwoAccounts, "a login that takes the place of a good one is told by its token alone")
{
  Log log(subscribe({"ana"}));
  log.news();
  begin_exchange("ana");
  answer(minted("at-2", "rt-2"));
  CHECK(log.news() == Lines{"refreshed ana fresh"});
}

TEST_CASE_METHOD(TwoAccounts, "an expiry is told with each event, as the snapshot tells it")
{
  const auto expires = loop.wall().time_since_epoch().count() + 3600;
  const Caller& subscriber = subscribe({"ana"});
  CHECK(subscriber.read<wire::Event>(1).expires_at == expires);
}

}  // namespace
}  // namespace tokend::test
