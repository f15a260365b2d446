// Secrets go only where they were entered for: whatever a stored row or a later metadata document says, nothing that
// carries one leaves for another origin.
#include <fmt/format.h>

#include <algorithm>

#include "tests/unit/broker/bench.hpp"

namespace tokend::test {
namespace {

constexpr std::string_view kHome = "https://as.example";
constexpr std::string_view kElsewhere = "https://new.as.example";  // the issuer's own metadata may name it

HttpOutcome metadata_at(std::string_view token, std::string_view device)
{
  return reply(200,
               fmt::format(R"({{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",)"
                           R"("token_endpoint":"{}/token","device_authorization_endpoint":"{}/device",)"
                           R"("revocation_endpoint":"https://as.example/revoke","response_types_supported":["code"]}})",
                           token, device));
}

HttpOutcome device_code()
{
  return reply(200,
               R"({"device_code":"dc","user_code":"AB-CD","verification_uri":"https://as.example/d","interval":5})");
}

struct Discovered : Bench {
  void add_with(Flow flow, bool with_secret = true)
  {
    wire::Definition what = definition_with_issuer();
    if (!with_secret) what.client_secret.reset();
    what.flow = flow;
    REQUIRE_FALSE(add("ana", std::move(what)).error);
  }
  void sign_in_at(std::string_view token)
  {
    const Caller& starter = login("ana");
    answer(metadata_at(token, token));
    come_back(starter);
    answer(minted("at-1", "rt-1"));
    REQUIRE(state("ana") == "fresh");
  }
  std::size_t asked_at(std::string_view origin) const
  {
    return static_cast<std::size_t>(
        std::ranges::count_if(provider.asked, [&](const Asked& one) { return one.url.starts_with(origin); }));
  }
  void check_refused(const Caller& caller) const
  {
    REQUIRE(caller.error);
    CHECK(caller.error->code == ErrorCode::kProviderRefused);
    CHECK(caller.error->cause == "endpoint_changed");
    CHECK(caller.error->reason.contains("endpoint changed from https://as.example to https://new.as.example"));
    CHECK(asked_at(kElsewhere) == 0);
    CHECK(provider.out() == 0);
  }
};

TEST_CASE_METHOD(Discovered,
                 "a later discovery that moves the token endpoint does not get the client secret, also after a restart")
{
  add_with(Flow::kCode);
  sign_in_at(kHome);
  if (GENERATE(true, false)) restart();
  if (GENERATE(true, false)) logout("ana", true);
  const Caller& starter = login("ana");
  answer(metadata_at(kElsewhere, kHome));
  check_refused(starter);
  CHECK(starter.error->next == "tokenctl set ana --token-endpoint ...");
  CHECK(starter.answers.empty());
}

TEST_CASE_METHOD(
    Discovered,
    "a later discovery that moves the device endpoint, or where codes are polled for, gets no client secret")
{
  add_with(Flow::kDevice);
  login("ana");
  answer(metadata_at(kHome, kHome));
  REQUIRE(provider.last().url == "https://as.example/device");
  cancel("ana");
  answer(device_code());
  const bool moves_device = GENERATE(true, false);
  const Caller& again = login("ana");
  answer(moves_device ? metadata_at(kHome, kElsewhere) : metadata_at(kElsewhere, kHome));
  check_refused(again);
}

TEST_CASE_METHOD(Discovered, "a later discovery for an account that logs in as itself gets no client secret")
{
  add_with(Flow::kClientCredentials);
  ask("ana");
  answer(metadata_at(kHome, kHome));
  answer(minted("at-1"));
  logout("ana", true);
  if (GENERATE(true, false)) restart();
  const Caller& asks = ask("ana");
  REQUIRE(provider.out() == 1);
  answer(metadata_at(kElsewhere, kHome));
  check_refused(asks);
}

TEST_CASE_METHOD(Discovered, "a secret that is entered again is entered for what the next discovery finds")
{
  add_with(Flow::kCode);
  sign_in_at(kHome);
  wire::Definition what;
  what.client_secret = Secret("client-secret");
  REQUIRE_FALSE(set("ana", std::move(what)).error);
  sign_in_at(kElsewhere);
  CHECK(asked_at(kElsewhere) == 1);
}

TEST_CASE_METHOD(Discovered, "a change of something else does not let the secret go elsewhere")
{
  add_with(Flow::kCode);
  sign_in_at(kHome);
  wire::Definition what;
  what.client_id = "other";
  REQUIRE_FALSE(set("ana", std::move(what)).error);
  const Caller& starter = login("ana");
  answer(metadata_at(kElsewhere, kHome));
  check_refused(starter);
}

TEST_CASE_METHOD(Discovered, "a public client has no secret to lose: a new login goes where its provider has moved")
{
  add_with(Flow::kCode, false);
  sign_in_at(kHome);
  sign_in_at(kElsewhere);
  expire();
  ask("ana");
  CHECK(provider.last().url == "https://new.as.example/token");
}

TEST_CASE("a new client secret does not go where the old one was revoked: the logout says that nothing was")
{
  Bench bench;
  wire::Definition what = definition();
  what.client_secret = Secret("old-secret");
  what.revocation_endpoint = "https://old.example/revoke";
  bench.add("ana", std::move(what));
  bench.begin_exchange("ana");
  bench.answer(minted("at-1", "rt-1"));
  wire::Definition change;
  change.client_secret = Secret("new-secret");
  change.revocation_endpoint = "https://new.example/revoke";
  REQUIRE_FALSE(bench.set("ana", std::move(change)).error);
  if (GENERATE(true, false)) bench.restart();
  const std::size_t before = bench.provider.asked.size();
  const Caller& person = bench.logout("ana");
  CHECK(bench.provider.asked.size() == before);
  CHECK_FALSE(person.read<wire::LogoutReply>().revoked);
  CHECK(bench.disk.grants.empty());
}

// A row that somebody else has written, or an old version: sealed as it should be, and not what the login was for.
struct Tampered : Bench {
  Tampered() { sign_in("ana"); }

  void rewrite(void (*change)(GrantRecord&))
  {
    GrantRow& row = disk.grants.at(*disk.account("ana")->grant);
    const GrantContext context{row.id, row.generation, Binding{row.binding}};
    auto opened = read_grant_record(*vault->open_refresh(context, row.sealed));
    change(opened->record);
    row.sealed = vault->seal_refresh(context, to_json(opened->record, opened->refresh_token));
    row.head = vault->head_of(row.id, row.generation, row.sealed);
    restart();
  }
  void check_nothing_sent(const std::string& reason)
  {
    const std::size_t before = provider.asked.size();
    refresh("ana");
    const auto refreshed = callers.back().error;
    REQUIRE(refreshed);
    CHECK(refreshed->code == ErrorCode::kProviderRefused);
    CHECK(refreshed->cause == "endpoint_changed");
    CHECK(refreshed->reason.contains(reason));
    CHECK(refreshed->next == "tokenctl login ana");
    CHECK(provider.asked.size() == before);
  }
  void check_not_revoked()
  {
    const std::size_t before = provider.asked.size();
    const Caller& leaves = logout("ana");
    REQUIRE(leaves.error);
    CHECK(leaves.error->code == ErrorCode::kProviderRefused);
    CHECK(leaves.error->cause == "endpoint_changed");
    CHECK(leaves.error->reason.ends_with("nothing was forgotten"));
    CHECK(leaves.error->next == "tokenctl logout ana --local");
    CHECK(provider.asked.size() == before);
    CHECK(durable_refresh_token("ana") == "rt-1");
  }
};

TEST_CASE_METHOD(Tampered,
                 "a stored login whose endpoints are not those that it was for sends no secret, until a new login")
{
  rewrite([](GrantRecord& record) { record.origins = AllowedOrigins({"https://old.example"}); });
  check_nothing_sent("endpoint changed from https://old.example to https://as.example");
  check_not_revoked();
  CHECK(ask("ana").token() == "at-1");
  begin_exchange("ana");
  answer(minted("at-2", "rt-2"));
  refresh("ana");
  CHECK(provider.last().has("refresh_token=rt-2"));
}

TEST_CASE_METHOD(Tampered, "a client row that names another client gets neither its secret nor the refresh token sent")
{
  disk.clients.begin()->second.client_id = "another-app";
  restart();
  check_nothing_sent("another client");
  check_not_revoked();
}

TEST_CASE_METHOD(Tampered, "a login that an older version has stored goes on at its own endpoints")
{
  rewrite([](GrantRecord& record) { record.origins = AllowedOrigins(); });
  refresh("ana");
  CHECK(provider.last().has("refresh_token=rt-1"));
}

}  // namespace
}  // namespace tokend::test
