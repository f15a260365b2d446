// What a varlink client is answered: which call, which mistake, which reply.
#include "proto/interface_text.hpp"
#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace tokend::test {
namespace {

using tokend::test::Contains;

struct Connected : Daemon {
  Client client{*this};

  std::string answer(std::string_view bytes)
  {
    const auto answers = messages_in(client.ask(bytes));
    REQUIRE(answers.size() == 1);
    return answers.front();
  }
};

// Which one is told to be wrong, by an answer that says why.
std::string wrong_parameter(const std::string& answer)
{
  static constexpr std::string_view kHead =
      R"({"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":")";
  REQUIRE(answer.starts_with(kHead));
  CHECK_THAT(answer, Contains(R"("reason":"parameter ')"));
  return answer.substr(kHead.size(), answer.find('"', kHead.size()) - kHead.size());
}

TEST_CASE_METHOD(Connected, "a token is fetched once and then answered within the call")
{
  client.send(call("GetToken", R"({"account":"robot"})"));
  CHECK(client.next() == Next::kParked);
  CHECK(client.received().empty());
  run();
  const std::string first = client.take_received();
  CHECK_THAT(first, Contains(R"({"parameters":{"accessToken":"AT-canary","tokenType":"Bearer")"));
  CHECK(client.next() == Next::kRead);

  client.send(call("GetToken", R"({"account":"robot"})"));
  CHECK(client.received() == first);
  CHECK(client.next() == Next::kRead);
  CHECK(http.asked == 1);
}

TEST_CASE_METHOD(Connected, "an error of the broker is answered under its name with what it declares")
{
  const std::string text = answer(call("GetToken", R"({"account":"ana"})"));
  CHECK_THAT(text, Contains(R"("error":"io.tokend.Broker.LoginRequired")"));
  CHECK_THAT(text, Contains(R"("cause":"never_signed_in")"));
  CHECK_THAT(text, Contains(R"("next":"tokenctl login ana")"));
  CHECK_THAT(answer(call("GetAccount", R"({"account":"anna"})")), Contains(R"("similar":["ana"])"));
}

TEST_CASE_METHOD(Connected, "a method that this version does not have is not found under its full name")
{
  for (const std::string name : {"SignProof", "ChooseLogin", "ListSlots", "ListProviders", "gettoken", ""})
    CHECK(answer(call(name)) == R"({"error":"org.varlink.service.MethodNotFound","parameters":{"method":)"
                                R"("io.tokend.Broker.)" +
                                    name + R"("}})");
  CHECK(answer(message(R"({"method":"GetToken"})")) ==
        R"({"error":"org.varlink.service.MethodNotFound","parameters":{"method":"GetToken"}})");
}

TEST_CASE_METHOD(Connected, "an interface that nobody serves is not found under its name")
{
  CHECK(answer(call("com.example.Other.Do")) ==
        R"({"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"com.example.Other"}})");
}

TEST_CASE_METHOD(Connected, "a method that streams asks for more")
{
  const std::string expected = R"({"error":"org.varlink.service.ExpectedMore","parameters":{}})";
  CHECK(answer(call("Login", R"({"account":"ana"})")) == expected);
  CHECK(answer(call("ListAccounts")) == expected);
  CHECK(answer(call("Subscribe")) == expected);
}

TEST_CASE_METHOD(Connected, "a parameter of the wrong type, missing or given twice is named")
{
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":7})"))) == "account");
  CHECK(wrong_parameter(answer(call("GetToken"))) == "account");
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","minTtl":"30"})"))) == "minTtl");
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","login":true,"login":true})"))) == "login");
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","kind":"refresh"})"))) == "kind");
  CHECK(wrong_parameter(answer(call("AddAccount", R"({"account":"x","definition":{"scopes":"read"}})"))) ==
        "definition.scopes");
  CHECK(wrong_parameter(answer(call("GetStatus", "[]"))) == "parameters");
  CHECK(wrong_parameter(answer(call("GetAccount", "7"))) == "parameters");
  CHECK(wrong_parameter(answer(call("org.varlink.service.GetInterfaceDescription"))) == "interface");
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Connected, "a scope with a character that none may have is refused before anybody is asked")
{
  const int before = http.asked;
  const std::string scope = GENERATE("", "read write", R"(\")", R"(\\)", "\u00e9", R"(\u0007)");
  const std::string parameters = R"({"account":"robot","scopes":["read",")" + scope + R"("]})";
  CHECK(wrong_parameter(answer(call("GetToken", parameters))) == "scopes");
  CHECK(wrong_parameter(answer(call("Login", parameters, R"(,"more":true)"))) == "scopes");
  CHECK(http.asked == before);
}

TEST_CASE_METHOD(Connected, "a wrong parameter is told with its reason, its account and what to do")
{
  const std::string text = answer(call("GetToken", R"({"account":"robot","scopes":["read write"]})"));
  CHECK_THAT(text, Contains(R"("parameter":"scopes","account":"robot","reason":"parameter 'scopes' has an item)"));
  CHECK_THAT(text, Contains(R"("next":"give each scope by itself")"));
  const std::string paste = R"({"account":"ana","redirectedUrl":"http://127.0.0.1/"})";
  CHECK_THAT(answer(call("CompleteLogin", paste)),
             Contains(R"("account":"ana","reason":"no login of ana is waiting","next":"tokenctl login ana")"));
}

TEST_CASE_METHOD(Connected, "a wish of a later version is refused by name, not ignored")
{
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","kind":"id"})"))) == "kind");
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","challenge":"Bearer"})"))) == "challenge");
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot","kind":"access","rejected":null})")), Contains("AT-canary"));
}

TEST_CASE_METHOD(Connected, "a token that an API has refused is replaced once, whoever reports it and how often")
{
  answer(call("GetToken", R"({"account":"robot"})"));
  const int before = http.asked;
  http.body = R"({"access_token":"AT-second","expires_in":3600})";
  const std::string report = R"({"account":"robot","accessToken":"AT-canary"})";
  CHECK(answer(call("RejectToken", report)) == R"({"parameters":{"current":true,"refreshed":true}})");
  CHECK(answer(call("RejectToken", report)) == R"({"parameters":{"current":false,"refreshed":true}})");
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot","rejected":"AT-canary"})")), Contains("AT-second"));
  CHECK(http.asked == before + 1);
}

TEST_CASE_METHOD(Connected, "a caller that brings a refused token waits for the next one, in one call")
{
  answer(call("GetToken", R"({"account":"robot"})"));
  http.body = R"({"access_token":"AT-second","expires_in":3600})";
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot","rejected":"AT-canary"})")), Contains("AT-second"));
}

TEST_CASE_METHOD(Connected, "reports of refused tokens are limited, and one that is over the limit changes nothing")
{
  const auto report = [&](int number) {
    return answer(call("RejectToken", R"({"account":"robot","accessToken":"AT-)" + std::to_string(number) + R"("})"));
  };
  const auto next = [&](int number) {
    http.body = R"({"access_token":"AT-)" + std::to_string(number) + R"(","expires_in":3600})";
  };
  next(1);
  answer(call("Refresh", R"({"account":"robot"})"));
  for (int number = 1; number <= 3; ++number) {
    next(number + 1);
    CHECK_THAT(report(number), Contains(R"("refreshed":true)"));
  }
  CHECK_THAT(report(4), Contains("TemporarilyUnavailable") && Contains("rate_limited") && Contains("retryAfter"));
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot"})")), Contains("AT-4"));
}

TEST_CASE_METHOD(Connected, "a refused token that cannot be replaced yet is not served again")
{
  answer(call("GetToken", R"({"account":"robot"})"));
  http.status = 503;
  http.body = "";
  CHECK_THAT(answer(call("RejectToken", R"({"account":"robot","accessToken":"AT-canary"})")),
             Contains("TemporarilyUnavailable"));
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot"})")), Contains("TemporarilyUnavailable"));
}

TEST_CASE_METHOD(Connected, "a duration below zero is refused, one beyond all clocks means as long as can be")
{
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","minTtl":-1})"))) == "minTtl");
  CHECK(wrong_parameter(answer(call("GetToken", R"({"account":"robot","timeout":-1})"))) == "timeout");
  CHECK(wrong_parameter(answer(call("Refresh", R"({"account":"robot","timeout":-1})"))) == "timeout");
  CHECK(wrong_parameter(answer(call("Login", R"({"account":"ana","timeout":-1})", R"(,"more":true)"))) == "timeout");
  const std::string long_wait = R"({"account":"robot","timeout":9223372036854775807,"minTtl":9223372036854775807})";
  CHECK_THAT(answer(call("GetToken", long_wait)), Contains("AT-canary"));
  CHECK_THAT(answer(call("GetToken", long_wait)), Contains("AT-canary"));
}

TEST_CASE_METHOD(Connected, "unknown members of a call and of its parameters are ignored")
{
  CHECK_THAT(answer(call("GetToken", R"({"account":"robot","colour":{"deep":[1]}})", R"(,"later":[true])")),
             Contains("AT-canary"));
}

TEST_CASE_METHOD(Connected, "absent, null and empty parameters are the same")
{
  const std::string status = answer(call("GetStatus"));
  CHECK_THAT(status, Contains(R"("pid":42)") && Contains(R"("accounts":2)"));
  CHECK(answer(call("GetStatus", "null")) == status);
  CHECK(answer(message(R"({"method":"io.tokend.Broker.GetStatus"})")) == status);
}

TEST_CASE_METHOD(Connected, "escapes in names and values are read")
{
  CHECK_THAT(answer(message(R"({"method":"io.tokend.Broker.Get\u0054oken","parameters":{"account":"rob\u006ft"}})")),
             Contains("AT-canary"));
}

TEST_CASE_METHOD(Connected, "the service says who it is and what it speaks")
{
  const std::string info = answer(call("org.varlink.service.GetInfo"));
  CHECK_THAT(info, Contains(R"("product":"tokend")") && Contains(TOKEND_VERSION));
  CHECK_THAT(info, Contains(R"("interfaces":["org.varlink.service","io.tokend.Broker"])"));
  const auto describe = [&](const std::string& interface) {
    return answer(call("org.varlink.service.GetInterfaceDescription", R"({"interface":")" + interface + R"("})"));
  };
  CHECK_THAT(describe("io.tokend.Broker"), Contains("method GetToken("));
  CHECK_THAT(describe("org.varlink.service"), Contains("method GetInfo("));
  CHECK(describe("com.example") ==
        R"({"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"com.example"}})");
}

// The interface file promises methods; the table must have each.
TEST_CASE_METHOD(Connected, "every method of the interface text is found")
{
  int methods = 0;
  std::string_view text = kBrokerInterfaceText;
  for (std::size_t at = text.find("\nmethod "); at != text.npos; at = text.find("\nmethod ")) {
    text.remove_prefix(at + std::string_view("\nmethod ").size());
    const std::string name(text.substr(0, text.find('(')));
    INFO(name);
    CHECK_THAT(answer(call(name, R"({"account":7,"accounts":7})")), !Contains("MethodNotFound"));
    ++methods;
  }
  CHECK(methods == 16);
}

TEST_CASE_METHOD(Connected, "a stream marks every reply but the last")
{
  const auto accounts = messages_in(client.ask(call("ListAccounts", "{}", R"(,"more":true)")));
  REQUIRE(accounts.size() == 2);
  CHECK_THAT(accounts[0], Contains(R"({"continues":true,"parameters":{"total":2,"status":{"account":"ana")"));
  CHECK_THAT(accounts[1], Contains(R"({"parameters":{"total":2,"status":{"account":"robot")"));
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Connected, "a subscriber is told what there is and then what happens, until it leaves")
{
  const auto before = messages_in(client.ask(call("Subscribe", R"({"accounts":["robot"]})", R"(,"more":true)")));
  REQUIRE(before.size() == 2);
  CHECK_THAT(before[0], Contains(R"("event":"snapshot")") && Contains(R"("account":"robot")"));
  CHECK_THAT(before[1], Contains(R"("event":"synced")"));
  CHECK(client.next() == Next::kStreaming);

  Client other(*this);
  other.ask(call("GetToken", R"({"account":"robot"})"));
  CHECK_THAT(client.take_received(), Contains(R"({"continues":true,"parameters":{"event":"refreshed")"));
  client.leave();
  other.ask(call("Refresh", R"({"account":"robot"})"));
}

TEST_CASE_METHOD(Connected, "a login is told its address, and ends when somebody cancels it")
{
  const auto progress = messages_in(client.ask(call("Login", R"({"account":"ana"})", R"(,"more":true)")));
  REQUIRE(progress.size() == 1);
  CHECK_THAT(progress[0], Contains(R"({"continues":true,"parameters":{"stage":"open_browser")"));
  CHECK_THAT(progress[0], Contains("https://as.example/authorize?"));
  Client other(*this);
  CHECK(other.ask(call("CancelLogin", R"({"account":"ana"})")) == message(R"({"parameters":{}})"));
  CHECK_THAT(client.take_received(), Contains(R"({"error":"io.tokend.Broker.)"));
  CHECK(client.next() == Next::kRead);
}

}  // namespace
}  // namespace tokend::test
