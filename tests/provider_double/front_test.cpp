#include "tests/provider_double/front.hpp"

#include <optional>

#include "tests/catch.hpp"
#include "tests/provider_double/conversation.hpp"
#include "tests/provider_double/text.hpp"

using namespace tokend::provider_double;

namespace {

struct AtFront {
  Front front{Settings{}};

  // The reply, if there is one already.
  std::optional<Reply> ask(std::string method, std::string path, std::string body = {}, std::string query = {})
  {
    Request request{.method = std::move(method), .path = std::move(path), .query = *Parameters::parse(query)};
    request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    request.body = std::move(body);
    auto reply = std::make_shared<std::optional<Reply>>();
    replies.push_back(reply);
    front.handlers().handle(std::move(request), [reply](Reply given) { *reply = std::move(given); });
    return *reply;
  }
  std::optional<Reply> control(std::string path, std::string body) { return ask("POST", "/_control/" + path, body); }
  std::optional<Reply> token()
  {
    return ask("POST", "/token", "grant_type=client_credentials&client_id=demo&client_secret=demo-secret");
  }

  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
};

}  // namespace

TEST_CASE("a fault befalls as many requests as ordered, and then none")
{
  AtFront at;
  at.control("fault", "kind=status&status=503&retry_after=7&count=2");
  for (int i = 0; i < 2; ++i) {
    const auto reply = at.token();
    CHECK(reply->response.status == 503);
    CHECK(header(reply->response, "Retry-After") == "7");
  }
  CHECK(at.token()->response.status == 200);
}

TEST_CASE("a fault on one path leaves the others alone")
{
  AtFront at;
  at.control("fault", "kind=status&path=/revoke");
  CHECK(at.token()->response.status == 200);
  CHECK(at.ask("POST", "/revoke")->response.status == 500);
}

TEST_CASE("an ordered OAuth error is noted in the ledger and nothing is processed")
{
  AtFront at;
  at.control("fault", "kind=oauth_error&error=invalid_scope");
  const auto reply = at.token();
  CHECK(reply->response.status == 400);
  CHECK(member(reply->response, "error") == "invalid_scope");
  CHECK(at.front.provider().ledger.token_requests().size() == 1);
  CHECK(at.front.provider().ledger.secrets().empty());
}

TEST_CASE("a lost answer was processed: the provider has rotated and says nothing")
{
  AtFront at;
  at.control("fault", "kind=lose_answer");
  CHECK(at.token()->delivery == Delivery::nothing);
  CHECK(at.front.provider().ledger.last_token_request().outcome == "ok");
  CHECK(at.front.provider().ledger.last_token_request().fault == "lose_answer");
}

TEST_CASE("answers are disfigured as ordered")
{
  AtFront at;
  const auto body_with = [&](std::string kind) {
    at.control("fault", "kind=" + kind);
    return at.token()->response.body_text();
  };
  CHECK(body_with("omit_expires_in").find("expires_in") == std::string::npos);
  CHECK(body_with("wrong_token_type").find(R"("token_type":"mac")") != std::string::npos);
  CHECK(body_with("invalid_json").back() != '}');
  CHECK(body_with("oversized").size() > 2'000'000);
  const auto twice = body_with("duplicate_members");
  CHECK(twice.find(R"("access_token":)") != twice.rfind(R"("access_token":)"));
}

TEST_CASE("a stalled request is processed and answered when it is released")
{
  AtFront at;
  at.control("fault", "kind=stall");
  CHECK_FALSE(at.token());
  CHECK(at.front.provider().ledger.token_requests().empty());
  CHECK(member(at.control("release", "")->response, "released") == "1");
  CHECK(at.front.provider().ledger.token_requests().size() == 1);
  CHECK((*at.replies[1])->response.status == 200);
}

TEST_CASE("a stalled answer was processed at once")
{
  AtFront at;
  at.control("fault", "kind=stall_answer");
  CHECK_FALSE(at.token());
  CHECK(at.front.provider().ledger.last_token_request().outcome == "ok");
  at.control("release", "");
  CHECK((*at.replies[1])->response.status == 200);
}

TEST_CASE("a test can wait until a request is held, and until so many token requests have come")
{
  AtFront at;
  CHECK_FALSE(at.ask("GET", "/_control/await", "", "held=1"));
  CHECK_FALSE(at.ask("GET", "/_control/await", "", "token_requests=2"));
  at.control("fault", "kind=stall_answer");
  at.token();
  CHECK(*at.replies[0]);
  CHECK_FALSE(*at.replies[1]);
  at.token();
  CHECK(*at.replies[1]);
}

TEST_CASE("settings are changed together or not at all")
{
  AtFront at;
  CHECK(at.control("settings", "access_ttl=8&rotation=never&user=bob")->response.status == 200);
  CHECK(at.front.provider().settings.access_ttl == Seconds{8});
  CHECK(at.control("settings", "access_ttl=9&rotation=sometimes")->response.status == 400);
  CHECK(at.control("settings", "colour=red")->response.status == 400);
  CHECK(at.front.provider().settings.access_ttl == Seconds{8});
}

TEST_CASE("the control interface counts, moves the clock and names the secrets")
{
  AtFront at;
  const auto access_token = member(at.token()->response, "access_token");
  CHECK(member(at.ask("GET", "/_control/state")->response, "live_access_tokens") == "1");
  CHECK(at.ask("GET", "/_control/secrets")->response.body_text().find(access_token) != std::string::npos);
  at.control("clock", "advance_s=3600");
  CHECK(member(at.ask("GET", "/_control/state")->response, "live_access_tokens") == "0");
  const auto ledger = at.ask("GET", "/_control/ledger")->response.body_text();
  CHECK(ledger.find(R"("grant_type":"client_credentials","outcome":"ok")") != std::string::npos);
  CHECK(ledger.find(access_token) == std::string::npos);
}
