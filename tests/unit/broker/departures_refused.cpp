// Revocations that the provider refuses: whether there is anything left to revoke decides.
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct SignedIn : Bench {
  SignedIn()
  {
    sign_in("ana");
    ask("ana");  // its use of today is written down
  }
};

TEST_CASE_METHOD(SignedIn, "a login that its provider has ended already is forgotten, and the answer says so")
{
  const std::string error = GENERATE("invalid_grant", "invalid_token");
  if (GENERATE(true, false)) {
    remove("ana");
    answer(refused(error));
    CHECK(callers.back().read<wire::RemoveAccountReply>().reason.contains(error));
    CHECK(disk.accounts.empty());
    return;
  }
  const Caller& person = logout("ana");
  answer(refused(error));
  const auto reply = person.read<wire::LogoutReply>();
  CHECK(reply.revoked);
  CHECK(reply.reason == "as.example answered 400 (" + error + "): it had ended the login already");
  CHECK(durable_refresh_token("ana") == "none");
  CHECK(ask("ana").cause() == "signed_out");
}

TEST_CASE_METHOD(SignedIn, "a revocation that is refused to the app keeps the login, and says whose fault it is")
{
  const Caller& person = logout("ana");
  answer(refused("invalid_client"));
  REQUIRE(person.error);
  CHECK(person.error->code == ErrorCode::kProviderRefused);
  CHECK(person.error->cause == "bad_client");
  CHECK(durable_refresh_token("ana") == "rt-1");
}

TEST_CASE_METHOD(SignedIn, "a revocation that is answered with an error is none, whatever its status")
{
  const int status = GENERATE(200, 401);
  const Caller& person = logout("ana");
  answer(reply(status, R"({"error":"invalid_token"})"));
  CHECK(person.error);
  CHECK(durable_refresh_token("ana") == "rt-1");
}

TEST_CASE_METHOD(SignedIn, "a revocation that is answered with a page or nothing has worked")
{
  const std::string body = GENERATE("", "OK", "<html>error=none</html>", "{}");
  const Caller& person = logout("ana");
  answer(reply(200, body));
  CHECK(person.read<wire::LogoutReply>().revoked);
}

TEST_CASE_METHOD(SignedIn, "an overloaded provider that names an error has not ended the login")
{
  const Caller& person = logout("ana");
  answer(reply(503, R"({"error":"invalid_grant"})"));
  CHECK(person.error);
  CHECK(durable_refresh_token("ana") == "rt-1");
}

}  // namespace
}  // namespace tokend::test
