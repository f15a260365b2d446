// The curl worker against servers that behave, and against plain ones that do not.
#include "tests/adapters/curl_exchange.hpp"
#include "tests/adapters/curl_servers.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;
using namespace std::chrono_literals;

namespace {

const HttpFailure& failure(const HttpOutcome& outcome)
{
  REQUIRE_FALSE(outcome.has_value());
  return outcome.error();
}

// Answers every request of its connections.
void answer_all(Peer& peer, std::string request)
{
  for (; !request.empty(); request = peer.read_request()) peer.reply("{}");
}

}  // namespace

TEST_CASE("an answer comes with its status, its fields in lower case and its body")
{
  Server server([](Peer& peer, const std::string&) {
    peer.write("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n");
    peer.write(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate:  Bearer x \r\nX-EMPTY:\r\nContent-Length: 4\r\n\r\nbody");
  });
  Exchange exchange;
  const HttpOutcome& outcome = exchange.perform(post_to(server.url()));
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 401);
  CHECK(outcome->body.reveal() == "body");
  REQUIRE(outcome->fields.size() == 3);
  CHECK(outcome->fields[0].name == "www-authenticate");
  CHECK(outcome->fields[0].value.reveal() == "Bearer x");
  CHECK(outcome->fields[1].name == "x-empty");
  CHECK(outcome->fields[1].value.empty());
}

TEST_CASE("a request says what it was told and nothing that would let an answer be compressed or delayed")
{
  Server server(answer_all);
  Exchange exchange;
  HttpRequest request = post_to(server.url("/token?tenant=1"));
  request.fields.push_back({"Authorization", Secret(std::string("Basic YTpi"))});
  REQUIRE(exchange.perform(std::move(request)).has_value());
  const std::string seen = server.requests().at(0);
  CHECK(seen.starts_with("POST /token?tenant=1 HTTP/1.1\r\n"));
  CHECK(seen.find("\r\nAuthorization: Basic YTpi\r\n") != seen.npos);
  CHECK(seen.find("\r\nContent-Type: application/x-www-form-urlencoded\r\n") != seen.npos);
  CHECK(seen.ends_with("\r\n\r\ngrant_type=refresh_token&refresh_token=spent"));
  CHECK(seen.find("Accept-Encoding") == seen.npos);
  CHECK(seen.find("Expect") == seen.npos);
}

TEST_CASE("a GET has no body, and a POST without one says so")
{
  Server server(answer_all);
  Exchange exchange;
  REQUIRE(exchange.perform({.url = server.url("/.well-known/openid-configuration"), .post = false}).has_value());
  REQUIRE(exchange.perform({.url = server.url(), .spends_credential = true}).has_value());
  CHECK(server.requests().at(0).starts_with("GET /.well-known/openid-configuration HTTP/1.1\r\n"));
  CHECK(server.requests().at(1).find("\r\nContent-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("a connection is kept for the next request")
{
  Server server(answer_all);
  Exchange exchange;
  for (int i = 0; i < 3; ++i) REQUIRE(exchange.perform(post_to(server.url())).has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE("a server that reads a request on a kept connection and closes sees the credential once")
{
  Server server([](Peer& peer, const std::string&) {
    peer.reply("{}");
    peer.read_request();  // the second: read whole, then the connection ends
  });
  Exchange exchange;
  REQUIRE(exchange.perform(post_to(server.url(), "first")).has_value());
  const HttpFailure& second = failure(exchange.perform(post_to(server.url(), "refresh_token=once")));
  CHECK(second.trouble == HttpTrouble::kReset);
  CHECK(second.sent == Sent::kMaybe);
  int sightings = 0;
  for (const std::string& request : server.requests()) sightings += request.find("once") != request.npos;
  CHECK(sightings == 1);
}

TEST_CASE("a request that spends nothing may be repeated by curl on a new connection")
{
  Server server([](Peer& peer, const std::string& request) {
    peer.reply(request.substr(request.size() - 2));
    peer.read_request();
  });
  Exchange exchange;
  HttpRequest first = post_to(server.url(), "b1"), second = post_to(server.url(), "b2");
  first.spends_credential = second.spends_credential = false;
  REQUIRE(exchange.perform(std::move(first)).has_value());
  const HttpOutcome& outcome = exchange.perform(std::move(second));
  REQUIRE(outcome.has_value());
  CHECK(outcome->body.reveal() == "b2");
}

TEST_CASE("a body larger than curl's buffers goes out whole")
{
  Server server(answer_all);
  Exchange exchange;
  const std::string body(300'000, 'b');
  REQUIRE(exchange.perform(post_to(server.url(), body)).has_value());
  CHECK(server.requests().at(0).ends_with("\r\n\r\n" + body));
}

TEST_CASE("a refused connection proves that nothing was sent")
{
  std::string url;
  {
    Server closed(answer_all);
    url = closed.url("/token?secret=1");
  }
  Exchange exchange;
  const HttpFailure& refused = failure(exchange.perform(post_to(url)));
  CHECK(refused.trouble == HttpTrouble::kConnect);
  CHECK(refused.sent == Sent::kNo);
  CHECK(refused.detail.starts_with("127.0.0.1: "));
  CHECK(refused.detail.find("secret") == std::string::npos);
}

TEST_CASE("plain http goes to literal loopback addresses only")
{
  Server server(answer_all);
  Exchange exchange;
  const std::string port = std::to_string(server.port());
  for (const std::string host : {"localhost", "example.invalid", "127.0.0.1.example.invalid", "10.0.0.1"}) {
    const HttpFailure& refused = failure(exchange.perform(post_to("http://" + host + ":" + port + "/")));
    CHECK(refused.trouble == HttpTrouble::kConnect);
    CHECK(refused.sent == Sent::kNo);
  }
  for (const std::string url : {"ftp://127.0.0.1/", "file:///etc/passwd", "nonsense", "http://u:p@127.0.0.1:1/"})
    CHECK(failure(exchange.perform(post_to(url))).sent == Sent::kNo);
  CHECK(server.connections() == 0);
  CHECK(exchange.perform(post_to("http://127.0.0.1:" + port + "/")).has_value());
}

TEST_CASE("a redirect is an answer, not an order")
{
  Server elsewhere(answer_all);
  Server server([&](Peer& peer, const std::string&) {
    peer.write("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n");
  });
  Exchange exchange;
  const HttpOutcome& outcome = exchange.perform(post_to(server.url()));
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 307);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("a body stops at 1 MiB, announced or endless, and header fields at 64 KiB")
{
  const std::string part(64 * 1024, 'x');
  const std::string field = "X-Long: " + std::string(900, 'y') + "\r\n";
  Server server([&](Peer& peer, const std::string& request) {
    peer.write("HTTP/1.1 200 OK\r\n");
    if (request.starts_with("POST /fields"))
      for (int i = 0; i < 1000 && peer.write(field); ++i) continue;
    if (request.starts_with("POST /announced")) peer.write("Content-Length: 99999999\r\n");
    peer.write("\r\n");
    for (int i = 0; i < 100'000 && peer.write(part); ++i) continue;
  });
  Exchange exchange;
  for (const char* path : {"/announced", "/endless", "/fields"}) {
    const HttpFailure& large = failure(exchange.perform(post_to(server.url(path))));
    CHECK(large.trouble == HttpTrouble::kTooLarge);
    CHECK(large.sent == Sent::kMaybe);
  }
}

TEST_CASE("a body of exactly 1 MiB is taken")
{
  Server server([](Peer& peer, const std::string&) { peer.reply(std::string(1024 * 1024, 'x')); });
  Exchange exchange;
  const HttpOutcome& outcome = exchange.perform(post_to(server.url()));
  REQUIRE(outcome.has_value());
  CHECK(outcome->body.size() == 1024 * 1024);
}

TEST_CASE("a body that is cut short is no answer")
{
  Server server([](Peer& peer, const std::string&) { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"); });
  Exchange exchange;
  const HttpFailure& cut = failure(exchange.perform(post_to(server.url())));
  CHECK(cut.trouble == HttpTrouble::kReset);
  CHECK(cut.sent == Sent::kMaybe);
}

TEST_CASE("an answer that is not whole at the deadline is given up")
{
  Server server([](Peer& peer, const std::string&) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    peer.wait_for_close();
  });
  Exchange exchange;
  HttpRequest request = post_to(server.url());
  request.deadline = 1s;
  const HttpFailure& late = failure(exchange.perform(std::move(request)));
  CHECK(late.trouble == HttpTrouble::kTimeout);
  CHECK(late.sent == Sent::kMaybe);
}

TEST_CASE("64 requests are under way at once")
{
  std::atomic<int> arrived = 0;
  Server server([&](Peer& peer, const std::string&) {
    ++arrived;
    for (int seen = arrived; seen < 64; seen = arrived) arrived.wait(seen);
    arrived.notify_all();
    peer.reply("{}");
  });
  Exchange exchange;
  std::vector<HttpId> ids;
  for (int i = 0; i < 64; ++i) ids.push_back(exchange.send(post_to(server.url())));
  for (const HttpId id : ids) CHECK(exchange.wait_for(id).has_value());
}

TEST_CASE("a request that is cancelled is answered, with what is known of it")
{
  std::atomic<bool> seen = false;
  Server server([&](Peer& peer, const std::string&) {
    seen = true;
    seen.notify_all();
    peer.wait_for_close();
  });
  Exchange exchange;
  const HttpId id = exchange.send(post_to(server.url()));
  seen.wait(false);
  exchange.client->cancel(id);
  const HttpFailure& cancelled = failure(exchange.wait_for(id));
  CHECK(cancelled.trouble == HttpTrouble::kCancelled);
  CHECK(cancelled.sent == Sent::kMaybe);
  exchange.client->cancel(id);  // too late: nothing happens
  exchange.client->cancel(HttpId{999});
}

TEST_CASE("a client that goes answers everything that is under way")
{
  std::atomic<int> seen = 0;
  Server server([&](Peer& peer, const std::string&) {
    ++seen;
    seen.notify_all();
    peer.wait_for_close();
  });
  Exchange exchange;
  for (int i = 0; i < 8; ++i) exchange.send(post_to(server.url()));
  for (int count = seen; count < 8; count = seen) seen.wait(count);
  exchange.send(post_to(server.url()));
  exchange.client.reset();
  exchange.loop.run_ready();
  CHECK(exchange.outcomes.size() == 9);
  for (const auto& [id, outcome] : exchange.outcomes) CHECK(failure(outcome).trouble == HttpTrouble::kCancelled);
}
