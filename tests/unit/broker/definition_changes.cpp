// A definition that has changed under a login: what people read until they have signed in again.
#include <fmt/format.h>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

constexpr const char* kRedefined = "its definition has changed";

struct Changing : Bench {
  Changing() { sign_in("ana"); }
  wire::UpdateAccountReply changed(wire::Definition what)
  {
    return set("ana", std::move(what)).read<wire::UpdateAccountReply>();
  }
  wire::UpdateAccountReply scopes(std::vector<std::string> names)
  {
    wire::Definition what;
    what.scopes = std::move(names);
    return changed(std::move(what));
  }
  wire::UpdateAccountReply revocation_endpoint(std::string url)
  {
    wire::Definition what;
    what.revocation_endpoint = std::move(url);
    what.client_secret = Secret("client-secret");
    return changed(std::move(what));
  }
  void check_due(const char* why = "its definition asks for other scopes or servers than the login was for")
  {
    const auto now = status("ana");
    CHECK(now.cause == "consent_required");
    CHECK(now.reason == fmt::format("ana needs a login ({})", why));
    CHECK(now.next == "tokenctl login ana");
  }
};

TEST_CASE_METHOD(Changing, "an account whose client was changed says that it needs a login, until there is one")
{
  wire::Definition what;
  if (GENERATE(true, false)) what.client_id = "other";
  else what.client_auth = "post";
  CHECK(changed(std::move(what)).needs_login);
  check_due(kRedefined);
  CHECK(state("ana") == "needs_login");
  CHECK(ask("ana").cause() == "consent_required");
  restart();
  check_due(kRedefined);
  sign_in("ana", minted("at-2", "rt-2"));
  CHECK(status("ana").cause.empty());
  logout("ana", true);
  CHECK(status("ana").cause == "signed_out");
}

TEST_CASE_METHOD(Changing, "a way to authenticate that is spelled out and was the default keeps the login")
{
  wire::Definition what;
  what.client_auth = "basic";
  CHECK_FALSE(changed(std::move(what)).needs_login);
  CHECK(ask("ana").token() == "at-1");
  restart();
  CHECK(ask("ana").token() == "at-1");
}

TEST_CASE("a way to authenticate that the provider announces is the default that is compared with")
{
  Bench bench;
  bench.add("ana", definition_with_issuer());
  const Caller& starter = bench.login("ana");
  bench.answer(reply(200, R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",)"
                          R"("token_endpoint":"https://as.example/token","response_types_supported":["code"],)"
                          R"("token_endpoint_auth_methods_supported":["client_secret_post"]})"));
  bench.come_back(starter);
  bench.answer(minted("at-1", "rt-1"));
  wire::Definition what;
  what.client_auth = GENERATE("post", "basic");
  const bool same = what.client_auth == "post";
  CHECK(bench.set("ana", std::move(what)).read<wire::UpdateAccountReply>().needs_login != same);
  CHECK(bench.ask("ana").token() == (same ? "at-1" : "none"));
}

TEST_CASE("a client that gets its first secret keeps its login, and authenticates from then on")
{
  Bench bench;
  wire::Definition open = definition();
  open.client_secret.reset();
  bench.add("ana", std::move(open));
  bench.sign_in("ana");
  wire::Definition what;
  what.client_secret = Secret("first");
  if (GENERATE(true, false)) what.client_auth = "basic";
  CHECK_FALSE(bench.set("ana", std::move(what)).read<wire::UpdateAccountReply>().needs_login);
  if (GENERATE(true, false)) bench.restart();
  bench.refresh("ana");
  CHECK(bench.provider.last().has("refresh_token=rt-1"));
  CHECK(bench.provider.last().fields.at("Authorization").starts_with("Basic "));
}

TEST_CASE_METHOD(Changing, "a client that loses its secret does not authenticate any more, and its login is gone")
{
  wire::Definition what;
  what.client_secret = Secret();
  CHECK(changed(std::move(what)).needs_login);
  check_due(kRedefined);
}

TEST_CASE_METHOD(Changing, "an account that was signed out before stays signed out when it is changed")
{
  logout("ana", true);
  wire::Definition what;
  what.client_id = "other";
  CHECK_FALSE(changed(std::move(what)).needs_login);
  CHECK(status("ana").cause == "signed_out");
}

TEST_CASE_METHOD(Changing, "an account that logs in as itself from now on needs nobody")
{
  wire::Definition what;
  const bool at_once = GENERATE(true, false);
  if (!at_once) {
    wire::Definition other;
    other.client_id = "other";
    changed(std::move(other));
  }
  what.flow = Flow::kClientCredentials;
  CHECK_FALSE(changed(std::move(what)).needs_login);
  CHECK(state("ana") == "idle");
}

TEST_CASE_METHOD(Changing, "other scopes are served from the old login, and the new one is due until it was made")
{
  CHECK(scopes({"mail"}).needs_login);
  check_due();
  CHECK(state("ana") == "fresh");
  CHECK(ask("ana").token() == "at-1");
  restart();
  check_due();
  refresh("ana");
  answer(minted("at-2", "rt-2"));
  check_due();
  restart();
  check_due();
  sign_in("ana", minted("at-3", "rt-3"));
  CHECK(status("ana").cause.empty());
}

TEST_CASE_METHOD(Changing, "a login for scopes of its own is a consent to these, and the definition's are due")
{
  CHECK(scopes({"mail"}).needs_login);
  const Caller& starter = login("ana", {.scopes = {"files"}});
  come_back(starter);
  answer(minted("at-2", "rt-2"));
  const auto check_files = [this](const char* token) {
    CHECK(ask("ana").token() == token);
    CHECK(broker->ready({.account = "ana"})->varlink().contains(R"("scopes":["files"])"));
    CHECK(status("ana").scopes == std::vector<std::string>{"files"});
    check_due();
  };
  check_files("at-2");
  restart();
  check_files("at-2");
  refresh("ana");
  answer(minted("at-3", "rt-3"));
  check_files("at-3");
  CHECK_FALSE(scopes({"files"}).needs_login);
  CHECK(status("ana").cause.empty());
}

TEST_CASE_METHOD(Changing, "scopes that are set back, or in another order, need no login")
{
  CHECK(scopes({"mail", "files"}).needs_login);
  sign_in("ana", minted("at-2", "rt-2"));
  CHECK_FALSE(scopes({"files", "mail"}).needs_login);
  CHECK(scopes({"mail"}).needs_login);
  CHECK_FALSE(scopes({"mail", "files"}).needs_login);
  CHECK(status("ana").cause.empty());
}

TEST_CASE_METHOD(Changing, "a login whose secrets do not go to a new endpoint is due anew, and serves until then")
{
  CHECK(revocation_endpoint("https://elsewhere.example/revoke").needs_login);
  check_due();
  CHECK(ask("ana").token() == "at-1");
  restart();
  check_due();
  CHECK_FALSE(revocation_endpoint("https://as.example/revoke").needs_login);
  CHECK(status("ana").cause.empty());
}

}  // namespace
}  // namespace tokend::test
