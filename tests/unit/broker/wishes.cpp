// A program that waits for somebody's login: who is told, how often, and what of.
#include <fmt/format.h>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Wishing : Bench {
  Wishing() { add("mail"); }
  Caller& wish(std::string_view account = "mail")
  {
    wire::GetTokenCall call;
    call.login = true;
    return ask(account, call);
  }
};

TEST_CASE_METHOD(Wishing, "a wish for an account that nobody has signed in tells a person, and waits")
{
  const Caller& caller = wish();
  CHECK_FALSE(caller.answered());
  REQUIRE(notifier.notices.size() == 1);
  const Notice& notice = notifier.notices.front();
  CHECK(notice.account == "mail");
  CHECK(notice.cause == "never_signed_in");
  CHECK(notice.sentence == "mail needs a login, asked by git (unverified)");
  CHECK(notice.next == "tokenctl login mail");
  CHECK(provider.asked.empty());
}

TEST_CASE_METHOD(Wishing, "one login answers all who wished for it")
{
  Caller& first = wish();
  Caller& second = wish();
  sign_in("mail");
  CHECK(first.token() == "at-1");
  CHECK(second.token() == "at-1");
}

TEST_CASE_METHOD(Wishing, "whoever does not wish to wait for a person disturbs none")
{
  CHECK(ask("mail").cause() == "never_signed_in");
  CHECK(notifier.notices.empty());
}

TEST_CASE_METHOD(Wishing, "a login that ends while somebody wishes for its token is told with its cause")
{
  sign_in("mail");
  expire();
  const Caller& caller = wish();
  answer(refused("invalid_grant"));
  CHECK_FALSE(caller.answered());
  REQUIRE(notifier.notices.size() == 1);
  CHECK(notifier.notices.front().cause == "refresh_token_revoked");
  wish();
  CHECK(notifier.notices.size() == 1);
}

TEST_CASE_METHOD(Wishing, "an account is told of once in five minutes")
{
  wish();
  pass(Seconds(299));
  wish();
  CHECK(notifier.notices.size() == 1);
  pass(Seconds(1));
  wish();
  CHECK(notifier.notices.size() == 2);
}

TEST_CASE_METHOD(Wishing, "a person is told six times an hour, whoever wishes for what")
{
  for (int n = 0; n < 8; ++n) {
    const std::string name = fmt::format("account-{}", n);
    add(name);
    wish(name);
  }
  CHECK(notifier.notices.size() == 6);
  pass(Seconds(3600));
  wish("account-7");
  CHECK(notifier.notices.size() == 7);
}

TEST_CASE_METHOD(Wishing, "a wish is over at its deadline, and says what was missing")
{
  const Caller& caller = wish();
  pass(Seconds(300));
  CHECK(caller.cause() == "never_signed_in");
}

}  // namespace
}  // namespace tokend::test
