// Access tokens that an API has refused, at a provider that answers with the same one again.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Refusing : Bench {
  Refusing() { sign_in("ana"); }
  Caller& ask_instead_of(std::string_view refused)
  {
    wire::GetTokenCall call;
    call.rejected = refused;
    return ask("ana", call);
  }
  Caller& reject(std::string token)
  {
    wire::RejectTokenCall reported;
    reported.account = "ana";
    reported.access_token = Secret(std::move(token));
    Caller& caller = call();
    broker->reject_token(reported, caller);
    run();
    return caller;
  }
};

void check_told(const Caller& caller)
{
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kTemporarilyUnavailable);
  CHECK(caller.error->cause == "provider_error");
  CHECK(caller.error->reason.starts_with("ana: the provider returned the refused token again"));
  CHECK(caller.error->retry_after == 60);
}

TEST_CASE_METHOD(Refusing, "a refused token that a refresh returns is not given out again")
{
  const Caller& instead = ask_instead_of("at-1");
  answer(minted("at-1", "rt-2"));
  check_told(instead);
  check_told(ask("ana"));
  CHECK(provider.out() == 0);
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(durable_access_token("ana") == "none");
}

TEST_CASE_METHOD(Refusing, "who has reported it is told that the provider returned it again")
{
  const Caller& reports = reject("at-1");
  answer(minted("at-1", "rt-2"));
  check_told(reports);
}

TEST_CASE_METHOD(Refusing, "another one is asked for after a minute, and given out")
{
  ask_instead_of("at-1");
  answer(minted("at-1", "rt-2"));
  pass(Seconds(61));
  const Caller& later = ask("ana");
  REQUIRE(provider.out() == 1);
  answer(minted("at-2", "rt-3"));
  CHECK(later.token() == "at-2");
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(Refusing, "the new token of a provider that has minted one is given out as ever")
{
  const Caller& instead = ask_instead_of("at-1");
  answer(minted("at-2", "rt-2"));
  CHECK(instead.token() == "at-2");
}

}  // namespace
}  // namespace tokend::test
