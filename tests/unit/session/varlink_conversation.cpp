// How a varlink conversation runs: order, pieces, waiting, ends.
#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace tokend::test {
namespace {

using tokend::test::Contains;

struct Connected : Daemon {
  Client client{*this};
};

const std::string kToken = call("GetToken", R"({"account":"robot"})");
const std::string kInfo = call("org.varlink.service.GetInfo");
const std::string kAccount = call("GetAccount", R"({"account":"ana"})");
const std::string kMore = R"(,"more":true)";
const std::string kOneway = R"(,"oneway":true)";

TEST_CASE("calls are answered alike wherever the reads cut them")
{
  const std::string calls = kToken + kInfo + kAccount;
  Daemon whole;
  const std::string expected = Client(whole).ask(calls);
  REQUIRE(messages_in(expected).size() == 3);
  Daemon daemon;
  for (std::size_t cut = 1; cut < calls.size(); ++cut) {
    Client client(daemon);
    std::string received = client.ask(calls.substr(0, cut));
    received += client.ask(calls.substr(cut));
    CHECK(received == expected);
  }
  Client client(daemon);
  client.send_in_pieces(calls, 1);
  CHECK(client.received() == expected);
}

TEST_CASE_METHOD(Connected, "calls that were sent together are answered in order, though the first one waits")
{
  http.held = true;
  client.send(kToken + kInfo + kAccount + kToken + kInfo.substr(0, 20));
  run();
  CHECK(client.next() == Next::kParked);
  CHECK(client.received().empty());
  http.release();
  run();
  const auto answers = messages_in(client.take_received());
  REQUIRE(answers.size() == 4);
  CHECK_THAT(answers[0], Contains("accessToken"));
  CHECK_THAT(answers[1], Contains("interfaces"));
  CHECK_THAT(answers[2], Contains(R"("status":{"account":"ana")"));
  CHECK(answers[3] == answers[0]);
  CHECK(client.unfinished() == 20);
  CHECK(messages_in(client.ask(kInfo.substr(20))).size() == 1);
}

TEST_CASE_METHOD(Connected, "calls behind a stream wait for its end")
{
  const auto answers = messages_in(client.ask(call("ListAccounts", "{}", kMore) + kInfo));
  REQUIRE(answers.size() == 3);
  CHECK_THAT(answers[2], Contains("interfaces"));

  client.ask(call("Subscribe", "{}", kMore) + kInfo);
  CHECK(client.next() == Next::kStreaming);
}

TEST_CASE_METHOD(Connected, "more calls than the outbox holds are all answered, in order, with pauses")
{
  client.ask(kToken);
  std::string calls;
  for (int n = 0; n < 500; ++n) calls += kToken + call("Unknown" + std::to_string(n));
  const auto answers = messages_in(client.ask(calls));
  REQUIRE(answers.size() == 1000);
  for (std::size_t n = 0; n < 500; ++n) {
    CHECK_THAT(answers[2 * n], Contains("AT-canary"));
    CHECK_THAT(answers[2 * n + 1], Contains("Unknown" + std::to_string(n) + '"'));
  }
  CHECK(client.yields() >= 1);
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Connected, "a oneway call is performed and never answered")
{
  const std::string_view definition =
      R"({"account":"cron","definition":{"flow":"client_credentials",)"
      R"("tokenEndpoint":"https://as.example/token","clientId":"cron","clientSecret":"s"}})";
  const auto answers =
      messages_in(client.ask(call("AddAccount", definition, kOneway) + call("GetAccount", R"({"account":"cron"})")));
  REQUIRE(answers.size() == 1);
  CHECK_THAT(answers[0], Contains(R"("status":{"account":"cron")"));
}

TEST_CASE_METHOD(Connected, "a oneway call is not answered either when it fails or has its answer ready")
{
  client.ask(kToken);
  CHECK(client.ask(call("GetToken", R"({"account":"robot"})", kOneway)).empty());
  CHECK(client.ask(call("GetToken", R"({"account":"nobody"})", kOneway)).empty());
  CHECK(client.ask(call("GetToken", R"({"account":7})", kOneway)).empty());
  CHECK(client.ask(call("Subscribe", "{}", kOneway)).empty());
  CHECK(client.ask(call("NoSuchMethod", "{}", kOneway)).empty());
  CHECK(messages_in(client.ask(kInfo)).size() == 1);
}

TEST_CASE_METHOD(Daemon, "what is no varlink closes the connection without a word")
{
  for (const char* bad : {"{", "{}", R"({"method":7})", R"({"method":""})", R"({"method":"a.b"}x)", R"({'method':'a'})",
                          R"({"method":"a.b","method":"a.c"})", R"({"method":"a.b","parameters":{"a":}})",
                          R"({"method":"a.b","oneway":1})", R"({"method":"a.b","oneway":true,"more":true})",
                          "{\"method\":\"a\xff.b\"}"}) {
    INFO(bad);
    Client client(*this);
    CHECK(client.ask(message(bad)).empty());
    CHECK(client.closed());
  }
}

TEST_CASE_METHOD(Connected, "answers to the calls before a bad one are kept")
{
  CHECK(messages_in(client.ask(kInfo + message("{]") + kInfo)).size() == 1);
  CHECK(client.closed());
}

TEST_CASE_METHOD(Daemon, "a message of 64 KiB is read, a longer one closes, in one read or in many")
{
  const auto padded = [](std::size_t size) {
    std::string text = R"({"method":"org.varlink.service.GetInfo","pad":")";
    text.append(size - text.size() - 2, 'x') += "\"}";
    return message(text);
  };
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{4096}}) {
    Client good(*this), bad(*this);
    good.send_in_pieces(padded(64 * 1024), piece);
    CHECK(messages_in(good.received()).size() == 1);
    bad.send_in_pieces(padded(64 * 1024 + 1), piece);
    CHECK(bad.received().empty());
    CHECK(bad.closed());
  }
}

TEST_CASE_METHOD(Connected, "a client that stops sending gets what it asked for, then the end")
{
  client.send(kToken);
  run();
  CHECK_THAT(client.received(), Contains("AT-canary"));
  client.finish_sending();
  CHECK(client.closed());
}

TEST_CASE_METHOD(Connected, "a client that stops in the middle of a call is closed without a word")
{
  client.send(kToken.substr(0, 30));
  client.finish_sending();
  CHECK(client.received().empty());
  CHECK(client.closed());
}

TEST_CASE_METHOD(Connected, "a client that leaves while it waits is forgotten")
{
  http.held = true;
  client.send(kToken);
  client.leave();
  http.release();
  run();
  CHECK(client.received().empty());
}

TEST_CASE_METHOD(Connected, "a session is not woken any more when its client is known to be gone")
{
  http.held = true;
  client.send(kToken);
  client.go();
  http.release();
  run();
  CHECK(client.received().empty());
}

TEST_CASE_METHOD(Connected, "unfinished counts the bytes of a call that is not whole yet")
{
  CHECK(client.unfinished() == 0);
  client.send(kInfo.substr(0, 10));
  CHECK(client.unfinished() == 10);
  client.send(kInfo.substr(10, 5));
  CHECK(client.unfinished() == 15);
  client.send(kInfo.substr(15) + kInfo.substr(0, 7));
  CHECK(client.unfinished() == 7);
  client.send(kInfo.substr(7));
  CHECK(client.unfinished() == 0);
}

TEST_CASE_METHOD(Daemon, "the first byte chooses the face, and an unknown one closes")
{
  CHECK_THAT(Client(*this).ask(kInfo), Contains("interfaces"));
  CHECK_THAT(Client(*this).ask(get("/v1/status")), Contains("HTTP/1.1 200 OK"));
  for (const char* bad : {" {", "g", "\r\n", "[", "\x16\x03\x01", "\xff"}) {
    Client client(*this);
    client.send(bad);
    CHECK(client.received().empty());
    CHECK(client.closed());
  }
  Client silent(*this);
  silent.finish_sending();
  CHECK(silent.closed());
}

}  // namespace
}  // namespace tokend::test
