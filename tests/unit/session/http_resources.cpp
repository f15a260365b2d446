// What an HTTP client gets: tokens, accounts, status, calls, streams, and errors under their status.
#include <fmt/format.h>

#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace tokend::test {
namespace {

using Catch::Matchers::StartsWith;
using tokend::test::Contains;

struct Connected : Daemon {
  Client client{*this};

  HttpAnswer ask(std::string_view request)
  {
    const std::string received = client.ask(request);
    std::string_view rest = received;
    HttpAnswer answer = parse_answer(rest);
    CHECK(rest.empty());
    return answer;
  }
  HttpAnswer refused(int status, std::string_view error, std::string_view request)
  {
    HttpAnswer answer = ask(request);
    INFO(request);
    CHECK(answer.status == status);
    CHECK_THAT(answer.body, StartsWith(fmt::format(R"({{"error":"{}","error_description":")", error)));
    CHECK(answer.has("Content-Type: application/json"));
    CHECK(answer.has("Cache-Control: no-store"));
    return answer;
  }
};

constexpr std::string_view kSequence = "Accept: application/json-seq\r\n";

std::vector<std::string> records_in(std::string_view body)
{
  std::vector<std::string> records;
  while (!body.empty()) {
    REQUIRE(body.front() == '\x1e');
    const std::size_t end = body.find('\n');
    REQUIRE(end != body.npos);
    records.emplace_back(body.substr(1, end - 1));
    body.remove_prefix(end + 1);
  }
  return records;
}

TEST_CASE_METHOD(Connected, "a token comes under the names of RFC 6749, not to be stored")
{
  const HttpAnswer answer = ask(get("/v1/token/robot"));
  CHECK_THAT(answer.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.has("Content-Type: application/json"));
  CHECK(answer.has("Cache-Control: no-store"));
  CHECK_FALSE(answer.head.contains("Connection"));
  CHECK_THAT(answer.body, StartsWith(R"({"access_token":"AT-canary","token_type":"Bearer","expires_in":3600 )"));
  CHECK_THAT(answer.body, Contains(R"("expires_at":1700003600)") && Contains(R"("account":"robot")"));
  CHECK(client.next() == Next::kRead);
}

TEST_CASE_METHOD(Connected, "expires_in counts down while the token is the same")
{
  const std::string first = ask(get("/v1/token/robot")).body;
  loop.passed += std::chrono::seconds(2599);
  client.send(get("/v1/token/robot"));
  const std::string later = client.take_received();
  CHECK_THAT(later, Contains(R"("expires_in":1001 )"));
  loop.passed += Milliseconds(1500);
  CHECK_THAT(ask(get("/v1/token/robot")).body, Contains(R"("expires_in":999 )"));
  CHECK(http.asked == 1);
}

TEST_CASE_METHOD(Connected, "the query says which token is wanted")
{
  CHECK(ask(get("/v1/token/robot?min_ttl=60&scope=&resource=&audience=&kind=access&login=0&timeout=5")).status == 200);
  CHECK(ask(get("/v1/token/r%6Fbot?login=1&timeout=0")).status == 200);
  CHECK(http.asked == 1);
  CHECK(ask(get("/v1/token/robot?scope=read%20write+more&audience=https%3A%2F%2Fapi.example")).status == 200);
  CHECK(http.asked == 2);
  CHECK(ask(get("/v1/token/robot?scope=more+read++write&audience=https://api.example")).status == 200);
  CHECK(http.asked == 2);
}

TEST_CASE_METHOD(Connected, "a query parameter that is unknown, repeated or no value is refused by name")
{
  const std::string many = "/v1/token/robot?scope=1+2+3+4+5+6+7+8+9+10+11+12+13+14+15+16";
  CHECK(ask(get("/v1/token/robot")).status == 200);
  CHECK(ask(get(many)).status == 200);
  const std::pair<std::string, std::string> bad[] = {
      {"/v1/token/robot?mint_ttl=5", "mint_ttl"},
      {"/v1/token/robot?login=1&login=1", "login"},
      {"/v1/token/robot?min_ttl=", "min_ttl"},
      {"/v1/token/robot?min_ttl=-1", "min_ttl"},
      {"/v1/token/robot?min_ttl=5s", "min_ttl"},
      {"/v1/token/robot?timeout=99999999999999999999", "timeout"},
      {"/v1/token/robot?login=yes", "login"},
      {"/v1/token/robot?kind=refresh", "kind"},
      {"/v1/token/robot?kind=id", "kind"},
      {"/v1/token/robot?rejected=AT", "rejected"},
      {many + "+17", "scope"},
      {"/v1/token/robot?scope=read+%22write", "scope"},
      {"/v1/accounts?limit=3", "limit"},
      {"/v1/accounts/robot?x", "x"},
      {"/v1/status?verbose=1", "verbose"},
  };
  for (const auto& [target, name] : bad)
    CHECK_THAT(refused(400, "invalid_parameter", get(target)).body, Contains("'" + name + "'"));
  refused(400, "invalid_parameter", get("/v1/token/robot?scope=%ff"));
  refused(400, "invalid_parameter", post("io.tokend.Broker.GetStatus?x=1", "{}"));
}

TEST_CASE_METHOD(Connected, "accounts come as an array, one of them alone, the status as it is")
{
  const HttpAnswer all = ask(get("/v1/accounts"));
  CHECK(all.status == 200);
  CHECK_THAT(all.body, StartsWith(R"([{"account":"ana",)") && Contains(R"(},{"account":"robot",)"));
  CHECK(all.body.ends_with("}]"));
  const HttpAnswer one = ask(get("/v1/accounts/ana"));
  CHECK_THAT(one.body, StartsWith(R"({"account":"ana",)"));
  CHECK(all.body.contains(one.body));
  CHECK_THAT(ask(get("/v1/status")).body, StartsWith(R"({"version":")") && Contains(R"("accounts":2)"));
}

TEST_CASE_METHOD(Connected, "no accounts are an empty array")
{
  for (const char* name : {"ana", "robot"})
    ask(post("io.tokend.Broker.RemoveAccount", fmt::format(R"({{"account":"{}","localOnly":true}})", name)));
  CHECK(ask(get("/v1/accounts")).body == "[]");
}

TEST_CASE_METHOD(Connected, "an unknown account is not found")
{
  CHECK_THAT(refused(404, "no_such_account", get("/v1/token/robt")).body, Contains(R"("account":"robt")"));
  refused(404, "no_such_account", get("/v1/accounts/%C3%A4"));
}

TEST_CASE_METHOD(Connected, "a login that is needed is told with status 401 and its challenge")
{
  const HttpAnswer answer = refused(401, "login_required", get("/v1/token/ana"));
  CHECK_THAT(answer.head, StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  CHECK(answer.has("WWW-Authenticate: Tokend"));
  CHECK_THAT(answer.body, Contains(R"("account":"ana","cause":"never_signed_in","next":"tokenctl login ana"})"));
}

TEST_CASE_METHOD(Connected, "an outage is told with status 503 and when to come back")
{
  http.status = 429;
  http.body = "{}";
  http.retry_after = {"90"};
  const HttpAnswer answer = refused(503, "temporarily_unavailable", get("/v1/token/robot"));
  CHECK_THAT(answer.head, Contains("\r\nRetry-After: 9"));  // 90, and what is added so that not all come at once
}

TEST_CASE_METHOD(Connected, "a client that the provider does not take is told with status 502")
{
  http.status = 401;
  http.body = R"({"error":"invalid_client"})";
  const HttpAnswer answer = refused(502, "provider_refused", get("/v1/token/robot"));
  CHECK_FALSE(answer.head.contains("Retry-After"));
}

TEST_CASE_METHOD(Connected, "a definition that exists or cannot be is told with status 409 or 400")
{
  const std::string_view again = R"({"account":"ana","definition":{"issuer":"https://as.example","clientId":"a"}})";
  refused(409, "account_exists", post("io.tokend.Broker.AddAccount", again));
  refused(400, "invalid_definition", post("io.tokend.Broker.AddAccount", R"({"account":"x","definition":{}})"));
}

TEST_CASE_METHOD(Connected, "a call is answered with the parameters of its varlink reply")
{
  Client other(*this);
  const std::string varlink = other.ask(call("GetToken", R"({"account":"robot"})"));
  const std::string parameters = ask(post("io.tokend.Broker.GetToken", R"({"account":"robot"})")).body;
  CHECK(message(R"({"parameters":)" + parameters + "}") == varlink);
  CHECK_THAT(ask(post("org.varlink.service.GetInfo", "")).body, StartsWith(R"({"vendor":"tokend")"));
  CHECK_THAT(ask(post("io.tokend.Broker.GetStatus", " {} \r\n")).body, StartsWith(R"({"version")"));
}

TEST_CASE_METHOD(Connected, "a call that is wrong says how")
{
  refused(404, "method_not_found", post("io.tokend.Broker.SignProof", "{}"));
  refused(404, "method_not_found", post("GetToken", "{}"));
  refused(404, "interface_not_found", post("com.example.Do", "{}"));
  CHECK_THAT(refused(400, "invalid_parameter", post("io.tokend.Broker.GetToken", R"({"account":1})")).body,
             Contains("'account'"));
  for (const char* body : {"[]", "{", "{}{}", "null", "x", "\"a\""})
    refused(400, "invalid_parameter", post("io.tokend.Broker.GetStatus", body));
}

TEST_CASE_METHOD(Connected, "a method that streams must be asked for a sequence")
{
  CHECK_THAT(refused(400, "expected_more", post("io.tokend.Broker.ListAccounts", "{}")).body,
             Contains("Accept: application/json-seq"));
  refused(400, "expected_more", post("io.tokend.Broker.ListAccounts", "{}", "Accept: application/json\r\n"));
}

TEST_CASE_METHOD(Connected, "a sequence has one record a reply and ends with the connection")
{
  const HttpAnswer answer = ask(post("io.tokend.Broker.ListAccounts", "{}", kSequence));
  CHECK(answer.status == 200);
  CHECK(answer.has("Content-Type: application/json-seq"));
  CHECK(answer.has("Cache-Control: no-store"));
  CHECK(answer.has("Connection: close"));
  const auto records = records_in(answer.body);
  REQUIRE(records.size() == 2);
  CHECK_THAT(records[0], StartsWith(R"({"total":2,"status":{"account":"ana")"));
  CHECK(client.closed());
}

TEST_CASE_METHOD(Connected, "a sequence goes on as things happen")
{
  const std::string accept = "Accept: text/html, Application/JSON-seq;q=0.5\r\n";
  CHECK(records_in(ask(post("io.tokend.Broker.Subscribe", "{}", accept)).body).size() == 3);
  CHECK(client.next() == Next::kStreaming);
  Client(*this).ask(call("GetToken", R"({"account":"robot"})"));
  const auto records = records_in(client.take_received());
  REQUIRE(records.size() >= 1);
  CHECK_THAT(records[0], StartsWith(R"({"event":")"));
  CHECK(client.next() == Next::kStreaming);
}

TEST_CASE_METHOD(Connected, "a stream that fails at once has its status, one that fails later a last record")
{
  refused(404, "no_such_account", post("io.tokend.Broker.Login", R"({"account":"nobody"})", kSequence));
  CHECK(client.next() == Next::kRead);

  const auto progress = records_in(ask(post("io.tokend.Broker.Login", R"({"account":"ana"})", kSequence)).body);
  REQUIRE(progress.size() == 1);
  CHECK_THAT(progress[0], StartsWith(R"({"stage":"open_browser")"));
  Client(*this).ask(call("CancelLogin", R"({"account":"ana"})"));
  const auto last = records_in(client.take_received());
  REQUIRE(last.size() == 1);
  CHECK_THAT(last[0], StartsWith(R"({"error":")"));
  CHECK(client.closed());
}

TEST_CASE_METHOD(Connected, "a reply that does not stream is plain JSON, whatever Accept says")
{
  CHECK(ask(post("io.tokend.Broker.GetStatus", "{}", kSequence)).has("Content-Type: application/json"));
}

}  // namespace
}  // namespace tokend::test
