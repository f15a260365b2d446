// Who an account belongs to, where its provider says so: at a login, and at a refresh (OpenID Connect Core 12.2).
#include "daemon/core/base64url.hpp"
#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

struct Identified : Bench {
  Identified()
  {
    add("ana", definition_with_issuer());
    who_comes_back("ana", minted("at-1", "rt-1", id_token("ana", loop.wall())));
  }
  Caller& who_comes_back(const std::string& account, HttpOutcome token_reply, wire::LoginCall how = {})
  {
    Caller& starter = login(account, how);
    answer(metadata());
    come_back(starter);
    answer(std::move(token_reply));
    return starter;
  }
};

TEST_CASE_METHOD(Identified, "the same user signs in again")
{
  const Caller& starter = who_comes_back("ana", minted("at-2", "rt-2", id_token("ana", loop.wall())));
  CHECK(starter.read<wire::LoginReply>().identity == "ana@example");
  CHECK(status("ana").identity == "ana@example");
  CHECK(ask("ana").token() == "at-2");
}

TEST_CASE_METHOD(Identified, "another user is refused, both names are told, and nothing is stored")
{
  const Caller& starter = who_comes_back("ana", minted("at-2", "rt-2", id_token("ben", loop.wall())));
  CHECK(starter.cause() == "different_user");
  CHECK(starter.error->reason.contains("ben@example"));
  CHECK(starter.error->reason.contains("ana@example"));
  CHECK(ask("ana").token() == "at-1");
  CHECK(durable_refresh_token("ana") == "rt-1");
  CHECK(disk.grants.size() == 1);
  REQUIRE(provider.out() == 1);  // what was minted is of no use here
  CHECK(provider.last().url == "https://as.example/revoke");
  CHECK(provider.last().has("token=rt-2"));
}

TEST_CASE_METHOD(Identified, "another user is accepted when the person says so, also after a restart")
{
  who_comes_back("ana", minted("at-2", "rt-2", id_token("ben", loop.wall())), {.switch_user = true});
  CHECK(ask("ana").token() == "at-2");
  restart();
  CHECK(status("ana").identity == "ben@example");
  const Caller& back = who_comes_back("ana", minted("at-3", "rt-3", id_token("ana", loop.wall())));
  CHECK(back.cause() == "different_user");
}

TEST_CASE_METHOD(Identified, "an ID token that is not for this client ends the login")
{
  const Caller& starter = who_comes_back("ana", minted("at-2", "rt-2", "no.id.token"));
  REQUIRE(starter.error);
  CHECK(starter.error->code == ErrorCode::kProviderRefused);
  CHECK(starter.error->reason.starts_with("ana: "));
  CHECK(provider.out() == 0);  // nothing is revoked: it may be the consent of the login that stays
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE_METHOD(Identified, "nobody takes over where an ID token was asked for and none came")
{
  const wire::LoginCall asking{.scopes = {"openid"}};
  const Caller& starter = who_comes_back("ana", minted("at-2", "rt-2"), asking);
  CHECK(starter.cause() == "different_user");
  CHECK(starter.error->reason.contains("somebody whom the provider does not name, before it was ana@example"));
  CHECK(starter.error->next == "tokenctl login ana --switch-user");
  CHECK(ask("ana").token() == "at-1");
  CHECK(provider.out() == 0);  // it may be ana's consent that would end with what was minted
  who_comes_back("ana", minted("at-3", "rt-3"), {.scopes = {"openid"}, .switch_user = true});
  CHECK(ask("ana").token() == "at-3");
  CHECK(status("ana").identity.empty());
}

TEST_CASE_METHOD(Identified, "nobody takes over with a device code either")
{
  wire::Definition what;
  what.device_endpoint = "https://as.example/device";
  what.scopes = {"openid"};
  set("ana", std::move(what));
  const Caller& starter = login("ana", {.flow = Flow::kDevice});
  answer(metadata());
  answer(reply(200, R"({"device_code":"dc","user_code":"WDJB-MJHT","verification_uri":"https://as.example/go",)"
                    R"("expires_in":600,"interval":5})"));
  pass(Seconds(5));
  answer(minted("at-2", "rt-2"));
  CHECK(starter.cause() == "different_user");
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE("an account that is nobody's yet takes a login without an ID token, and says that it knows nobody")
{
  Bench bench;
  wire::Definition what = definition_with_issuer();
  what.scopes = {"openid"};
  bench.add("ana", std::move(what));
  const Caller& starter = bench.login("ana");
  bench.answer(metadata());
  bench.come_back(starter);
  bench.answer(minted("at-1", "rt-1"));
  CHECK_FALSE(starter.error);
  CHECK(bench.ask("ana").token() == "at-1");
  CHECK(bench.status("ana").identity.empty());
}

TEST_CASE_METHOD(Identified, "a refresh that is answered for the same person, or for one who cannot be read, is kept")
{
  const std::string token = GENERATE_COPY(id_token("ana", loop.wall()), std::string("no.id.token"));
  refresh("ana");
  answer(minted("at-2", "rt-2", token));
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(status("ana").identity == "ana@example");
}

TEST_CASE_METHOD(Identified, "a refresh whose ID token spells its issuer otherwise says nothing about the person")
{
  refresh("ana");
  const std::string subject = GENERATE("ana", "ben");
  const std::string claims = R"({"iss":"as.example","sub":")" + subject + R"("})";
  answer(minted("at-2", "rt-2", base64url_encode(R"({"alg":"RS256"})") + "." + base64url_encode(claims) + ".c2ln"));
  CHECK(ask("ana").token() == "at-2");
  CHECK(durable_refresh_token("ana") == "rt-2");
  CHECK(status("ana").identity == "ana@example");
  CHECK(provider.out() == 0);
}

TEST_CASE("a first login whose answer is refused is revoked: there is no other that it could end")
{
  Bench bench;
  bench.add("ana", definition_with_issuer());
  const Caller& starter = bench.login("ana");
  bench.answer(metadata());
  bench.come_back(starter);
  bench.answer(minted("at-1", "rt-1", "no.id.token"));
  CHECK(starter.error);
  REQUIRE(bench.provider.out() == 1);
  CHECK(bench.provider.last().url == "https://as.example/revoke");
  CHECK(bench.provider.last().has("token=rt-1"));
}

TEST_CASE_METHOD(Identified, "a refresh that is answered for another person ends the login, and what came is revoked")
{
  const Caller& person = refresh("ana");
  answer(minted("at-2", "rt-2", id_token("ben", loop.wall())));
  CHECK(person.cause() == "different_user");
  CHECK(person.error->code == ErrorCode::kLoginRequired);
  CHECK(person.error->reason ==
        "ana needs a login (its refresh was answered for ben@example, before it was ana@example)");
  REQUIRE(provider.out() == 1);
  CHECK(provider.last().url == "https://as.example/revoke");
  CHECK(provider.last().has("token=rt-2"));
  const bool restarted = GENERATE(false, true);
  if (restarted) restart();
  CHECK(state("ana") == "needs_login");
  CHECK(status("ana").cause == "different_user");
  CHECK(durable_refresh_token("ana").empty());
  CHECK(durable_access_token("ana") != "at-2");
}

TEST_CASE_METHOD(Identified, "a refresh for another person ends the login also where a crash came before it was read")
{
  refresh("ana");
  disk.hold();
  answer(minted("at-2", "rt-2", id_token("ben", loop.wall())));
  disk.finish({});  // the raw answer, and no turn after it
  disk.let_go();
  restart();
  CHECK(status("ana").cause == "different_user");
  CHECK(provider.last().has("token=rt-2"));
}

TEST_CASE_METHOD(Identified, "an account that is removed while another person's answer comes is gone all the same")
{
  refresh("ana");
  const Caller& person = remove("ana", true);
  answer(minted("at-2", "rt-2", id_token("ben", loop.wall())));
  CHECK_FALSE(person.error);
  CHECK(disk.grants.empty());
  CHECK(disk.accounts.empty());
}

}  // namespace
}  // namespace tokend::test
