// Logins by another flow than the account's: what of it a start remembers, and which are refused.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

HttpOutcome metadata_for_devices(std::string_view more = {})
{
  return reply(200, R"({"issuer":"https://as.example","token_endpoint":"https://as.example/token",)"
                    R"("device_authorization_endpoint":"https://as.example/device")" +
                        std::string(more) + "}");
}

HttpOutcome device_code()
{
  return reply(200, R"({"device_code":"dc","user_code":"WDJB-MJHT","verification_uri":"https://as.example/go",)"
                    R"("expires_in":600,"interval":5})");
}

wire::Definition service()
{
  wire::Definition what = definition();
  what.authorization_endpoint.reset();
  what.flow = Flow::kClientCredentials;
  return what;
}

struct Flows : Bench {
  void sign_in_by_device(const std::string& account, HttpOutcome places)
  {
    login(account, {.flow = Flow::kDevice});
    answer(std::move(places));
    answer(device_code());
    answer(minted("at-1", "rt-1"));
    REQUIRE(state(account) == "fresh");
  }
};

TEST_CASE_METHOD(Flows, "a login by device code outlives a restart where the provider names no place for a browser")
{
  const std::string_view browser_place = GENERATE("", R"(,"authorization_endpoint":"https://elsewhere.example/go")");
  REQUIRE_FALSE(add("tv", definition_with_issuer()).error);
  sign_in_by_device("tv", metadata_for_devices(browser_place));
  for (int starts = 0; starts < 2; ++starts) restart();
  CHECK(problems.empty());
  CHECK(ask("tv").token() == "at-1");
  expire();
  ask("tv");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().has("refresh_token=rt-1"));
}

TEST_CASE_METHOD(Flows, "a login by device code whose first poll the disk did not let out is noted before its next one")
{
  REQUIRE_FALSE(add("tv", definition_with_issuer()).error);
  login("tv", {.flow = Flow::kDevice});
  answer(metadata_for_devices());
  disk.fill(DiskTrouble::kFull);
  answer(device_code());
  CHECK(provider.out() == 0);
  disk.fill({});
  pass(Seconds(10));
  REQUIRE(provider.out() == 1);
  CHECK(disk.attempts.size() == 1);
  answer(minted("at-1", "rt-1"));
  CHECK(durable_refresh_token("tv") == "rt-1");
}

TEST_CASE_METHOD(Flows, "such a login takes up a change of its account's definition")
{
  REQUIRE_FALSE(add("tv", definition_with_issuer()).error);
  sign_in_by_device("tv", metadata_for_devices());
  wire::Definition what;
  what.basic_encoding = "raw";
  REQUIRE_FALSE(set("tv", std::move(what)).error);
  expire();
  ask("tv");
  answer(minted("at-2", "rt-2"));
  restart();
  CHECK(problems.empty());
  CHECK(ask("tv").token() == "at-2");
}

TEST_CASE_METHOD(Flows, "a person's account never logs in as the app")
{
  const bool signed_in = GENERATE(false, true);
  if (signed_in) sign_in("ana");
  else add("ana");
  const Caller& caller = login("ana", {.flow = Flow::kClientCredentials});
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kInvalidParameter);
  CHECK(caller.error->subject == "flow");
  CHECK(caller.error->reason.contains("ana"));
  CHECK(provider.out() == 0);
}

TEST_CASE_METHOD(Flows, "an account that logs in as itself is never signed in by a person")
{
  REQUIRE_FALSE(add("robot", service()).error);
  const Flow flow = GENERATE(Flow::kCode, Flow::kDevice);
  const Caller& caller = login("robot", {.flow = flow});
  REQUIRE(caller.error);
  CHECK(caller.error->code == ErrorCode::kInvalidParameter);
  CHECK(caller.error->subject == "flow");
  CHECK(provider.out() == 0);
  CHECK_FALSE(login("robot", {.flow = Flow::kClientCredentials}).error);
  CHECK(provider.out() == 1);
}

}  // namespace
}  // namespace tokend::test
