// Lists and snapshots of many accounts: made as their client takes them, true to what comes and goes meanwhile.
#include <fmt/format.h>

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace tokend::test {
namespace {

using tokend::test::Contains;

constexpr std::size_t kReply = 1024;  // longer than any reply here
const std::string kMore = R"(,"more":true)";
const std::string kList = call("ListAccounts", "{}", kMore);
const std::string kSubscribe = call("Subscribe", "{}", kMore);

std::string name_of(int n) { return fmt::format("m-{:04}", n); }
std::string add(const std::string& name)
{
  return call("AddAccount", R"({"account":")" + name +
                                R"(","definition":{"clientId":"app","authorizationEndpoint":"https://as.example/a",)"
                                R"("tokenEndpoint":"https://as.example/t"}})");
}
std::string remove(const std::string& name)
{
  return call("RemoveAccount", R"({"account":")" + name + R"(","localOnly":true})");
}
std::string touch(const std::string& name)
{
  return call("UpdateAccount", R"({"account":")" + name + R"(","definition":{"urls":["https://api.example"]}})");
}

// Hundreds of accounts between `ana` and `robot`.
struct Many : Daemon {
  static constexpr int kMany = 400;
  Many()
  {
    std::string calls;
    for (int n = 0; n < kMany; ++n) calls += add(name_of(n));
    other.ask(calls);
  }
  Client other{*this}, client{*this};

  // What the client is told in the end, though it stops reading at first.
  std::string slowly(const std::string& request, const std::string& meanwhile = "")
  {
    client.stop_reading();
    client.send(request);
    run();
    CHECK(client.next() == Next::kYield);
    CHECK(client.received().size() < Outbox::kFull + kReply);
    if (!meanwhile.empty()) other.ask(meanwhile);
    CHECK(client.received().size() < Outbox::kFull + kReply);
    client.read_on();
    run();
    return client.take_received();
  }
};

struct Told {
  std::string event, account;
  bool operator==(const Told&) const = default;
};
std::vector<Told> events_in(std::string_view received)
{
  std::vector<Told> told;
  for (const std::string& message : messages_in(received)) {
    const auto after = [&](std::string_view key) {
      const std::size_t at = message.find(key);
      if (at == message.npos) return std::string();
      return message.substr(at + key.size(), message.find('"', at + key.size()) - at - key.size());
    };
    told.push_back({after(R"("event":")"), after(R"("account":")")});
  }
  return told;
}

TEST_CASE_METHOD(Many, "a list waits for its client to take it, and then is whole and in order")
{
  const auto replies = messages_in(slowly(kList));
  REQUIRE(replies.size() == kMany + 2);
  CHECK_THAT(replies.front(), Contains(R"("account":"ana")"));
  for (int n = 0; n < kMany; ++n) CHECK_THAT(replies[n + 1], Contains(name_of(n)) && Contains(R"("continues":true)"));
  CHECK_THAT(replies.back(), Contains(R"("account":"robot")") && !Contains("continues"));
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Many, "the array of an HTTP client too, and the requests behind it are answered after it")
{
  const std::string received = slowly(get("/v1/accounts") + get("/v1/accounts") + get("/v1/status"));
  std::string_view rest = received;
  const HttpAnswer first = parse_answer(rest), second = parse_answer(rest), status = parse_answer(rest);
  CHECK(std::ranges::count(first.body, '{') >= kMany + 2);
  CHECK(first.body.ends_with("}]"));
  CHECK(second.body == first.body);
  CHECK_THAT(status.body, Contains(R"("accounts":402)"));
  CHECK(rest.empty());
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Many, "an array ends with the connection where that is not kept")
{
  const std::string plain = client.ask(get("/v1/accounts", "Connection: close\r\n"));
  std::string_view rest = plain;
  const HttpAnswer answer = parse_answer(rest);
  CHECK_FALSE(answer.has("Transfer-Encoding: chunked"));
  CHECK(answer.body.starts_with(R"([{"account":"ana")"));
  CHECK(answer.body.ends_with("}]"));
  CHECK(client.closed());
}

TEST_CASE_METHOD(Many, "accounts may come and go while they are listed")
{
  const std::string received =
      slowly(kList, remove("ana") + remove(name_of(kMany - 1)) + remove("robot") + add("a-late") + add("n-late"));
  const auto replies = messages_in(received);
  REQUIRE(replies.size() == kMany + 1);  // ana was told already; two are gone, one has come behind
  CHECK_THAT(replies[kMany - 1], Contains(name_of(kMany - 2)));
  CHECK_THAT(replies.back(), Contains("n-late") && !Contains("continues"));
}

TEST_CASE_METHOD(Many, "a list whose rest is removed ends without an account")
{
  std::string removals = remove("ana") + remove("robot");
  for (int n = 0; n < kMany; ++n) removals += remove(name_of(n));
  const std::string list = slowly(kList, removals);
  CHECK(messages_in(list).back() == R"({"parameters":{"total":402}})");
}

TEST_CASE_METHOD(Many, "an array whose rest is removed is an array")
{
  std::string removals = remove("robot");
  for (int n = 0; n < kMany; ++n) removals += remove(name_of(n));
  const std::string received = slowly(get("/v1/accounts"), removals);
  std::string_view rest = received;
  CHECK(parse_answer(rest).body.ends_with("}]"));
}

TEST_CASE_METHOD(Many, "what changes during a snapshot is told by the snapshot, and events come after it")
{
  auto told = events_in(slowly(
      kSubscribe, touch("ana") + remove(name_of(0)) + touch(name_of(kMany - 1)) + remove("robot") + add("a-late")));
  REQUIRE(told.size() == kMany + 5);
  for (int n = 0; n < kMany; ++n) CHECK(told[n + 1] == Told{"snapshot", name_of(n)});
  told.erase(told.begin(), told.begin() + kMany + 1);
  CHECK(told ==
        std::vector<Told>{{"snapshot", "a-late"}, {"snapshot", "ana"}, {"removed", name_of(0)}, {"synced", ""}});
  other.ask(touch("a-late"));
  CHECK(events_in(client.take_received()) == std::vector<Told>{{"updated", "a-late"}});
  CHECK(client.next() == Next::kStreaming);
}

TEST_CASE_METHOD(Many, "a client that leaves in the middle of a list is forgotten")
{
  client.stop_reading();
  client.send(kList);
  run();
  client.go();
  client.leave();
  run();
  CHECK(messages_in(other.ask(kList)).size() == kMany + 2);
}

TEST_CASE_METHOD(Many, "a token is handed over between the pieces of a list")
{
  client.send(kList);
  other.send(call("GetToken", R"({"account":"robot"})"));
  for (int turn = 0; turn < 20 && other.received().empty(); ++turn) {
    auto task = std::move(loop.tasks.front());
    loop.tasks.pop_front();
    task();
  }
  CHECK_THAT(other.received(), Contains("accessToken"));
  run();
  CHECK(messages_in(client.take_received()).size() == kMany + 2);
}

TEST_CASE_METHOD(Many, "calls that wait for an answer each are held up like others where nobody reads")
{
  std::string calls;
  for (int n = 0; n < kMany; ++n) calls += call("GetAccount", R"({"account":")" + name_of(n) + R"("})");
  CHECK(messages_in(slowly(calls)).size() == kMany);
}

}  // namespace
}  // namespace tokend::test
