#include "client/broker_client.hpp"

#include "tests/catch.hpp"
#include "tests/unit/client/scripted_daemon.hpp"

using namespace tokend;
using namespace tokend::client;
using test::ScriptedDaemon;

namespace {

BrokerClient connected(const std::string& path)
{
  auto client = BrokerClient::connect({path}, "start it");
  REQUIRE(client);
  return std::move(*client);
}

wire::AccountCall jira() { return {"jira"}; }

}  // namespace

TEST_CASE("a call is sent as varlink and its reply is read")
{
  ScriptedDaemon daemon{{{"Refresh", {test::reply(R"({"expiresAt":12})")}}}};
  BrokerClient client = connected(daemon.path());
  const auto reply = client.call<wire::RefreshReply>("Refresh", wire::RefreshCall{.account = "jira", .timeout = 9});
  REQUIRE(reply);
  CHECK(reply->expires_at == 12);
  CHECK(daemon.calls() == std::vector<std::string>{
                              R"({"method":"io.tokend.Broker.Refresh","parameters":{"account":"jira","timeout":9}})"});
}

TEST_CASE("the first socket that answers is taken, and all are named when none does")
{
  ScriptedDaemon daemon{{{"GetStatus", {}}}};
  CHECK(BrokerClient::connect({"/nonexistent/a", daemon.path()}, ""));
  const auto nobody = BrokerClient::connect({"/nonexistent/a", "/nonexistent/b", "/nonexistent/c"}, "start it");
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().exit == 4);
  CHECK(nobody.error().reason == "no tokend on /nonexistent/a, /nonexistent/b or /nonexistent/c");
  CHECK(nobody.error().next == "start it");
}

TEST_CASE("a stream is taken reply by reply until one does not continue")
{
  ScriptedDaemon daemon(
      {{{"Subscribe",
         {test::continued(R"({"event":"snapshot","at":1})"), test::continued(R"({"event":"synced","at":2})"),
          test::reply(R"({"event":"daemon","at":3})")}}}});
  BrokerClient client = connected(daemon.path());
  REQUIRE(client.stream("Subscribe", wire::SubscribeCall{}));
  std::vector<wire::UnixTime> times;
  for (bool more = true; more;) {
    const auto raw = client.receive(std::nullopt);
    REQUIRE(raw);
    const auto event = BrokerClient::read_as<wire::Event>(*raw);
    REQUIRE(event);
    times.push_back(event->at);
    more = raw->continues;
  }
  CHECK(times == std::vector<wire::UnixTime>{1, 2, 3});
  CHECK(daemon.calls().front().contains(R"("more":true)"));
}

TEST_CASE("a daemon that says nothing is exit 4 when its time is over")
{
  ScriptedDaemon daemon{{{"GetStatus", {}}}};
  BrokerClient client = connected(daemon.path());
  REQUIRE(client.send_raw("GetStatus", "{}", false));
  const auto reply = client.receive(in_seconds(0));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == 4);
  CHECK(reply.error().reason == "tokend on " + daemon.path() + " does not answer");
}

TEST_CASE("a daemon that closes the connection is exit 4")
{
  ScriptedDaemon daemon{{{"GetStatus", {""}}}};
  BrokerClient client = connected(daemon.path());
  REQUIRE(client.send_raw("GetStatus", "{}", false));
  const auto reply = client.receive(std::nullopt);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().exit == 4);
}

TEST_CASE("an error reply has its exit code, and the connection goes on")
{
  ScriptedDaemon daemon{{{"GetAccount", {test::error("NoSuchAccount", R"({"account":"jria","similar":["jira"]})")}},
                         {"CancelLogin", {test::reply("{}")}}}};
  BrokerClient client = connected(daemon.path());
  const auto refused = client.call<wire::GetAccountReply>("GetAccount", jira());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().exit == 8);
  CHECK(refused.error().error == "no_such_account");
  CHECK(client.call<wire::RefreshReply>("CancelLogin", jira()));
}

TEST_CASE("an answer that is no varlink, or not the one that was asked for, is exit 1")
{
  ScriptedDaemon daemon{{{"GetAccount", {"{\"parameters\":"}}, {"GetAccount", {test::reply(R"({"status":7})")}}}};
  BrokerClient client = connected(daemon.path());
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.call<wire::GetAccountReply>("GetAccount", jira());
    REQUIRE_FALSE(reply);
    CHECK(reply.error().exit == 1);
  }
}
