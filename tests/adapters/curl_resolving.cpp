// Names that do not resolve, or not yet. The resolver of this program is ours: names under hang.test block until a
// test lets them go, names under missing.test do not exist, names under inside.test are this machine, all others are
// looked up as usual.
#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "tests/adapters/curl_exchange.hpp"
#include "tests/adapters/curl_servers.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

namespace {

class HangingResolver {
 public:
  void hang()
  {
    std::unique_lock lock(mutex_);
    ++hanging_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return released_; });
    --hanging_;
    changed_.notify_all();
  }
  void wait_until_hanging(int count)
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return hanging_ >= count; });
  }
  // Waits until every look-up has gone: curl has left their threads behind.
  void release()
  {
    std::unique_lock lock(mutex_);
    released_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return hanging_ == 0; });
    released_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int hanging_ = 0;
  bool released_ = false;
};

HangingResolver& resolver()
{
  static HangingResolver only;
  return only;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result)
{
  const std::string_view name = node == nullptr ? "" : node;
  if (name.ends_with("missing.test")) return EAI_NONAME;
  if (name.ends_with("hang.test")) {
    resolver().hang();
    return EAI_AGAIN;
  }
  static const auto next = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(name.ends_with("inside.test") ? "127.0.0.1" : node, service, hints, result);
}

using namespace tokend;
using namespace tokend::testing;
using namespace std::chrono_literals;

TEST_CASE("a name that does not exist proves that nothing was sent")
{
  Exchange exchange;
  const HttpOutcome& outcome = exchange.perform(post_to("https://login.missing.test/token?secret=1"));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().trouble == HttpTrouble::kDns);
  CHECK(outcome.error().sent == Sent::kNo);
  CHECK(outcome.error().detail.starts_with("login.missing.test: "));
  CHECK(outcome.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("a name that takes for ever delays no other request, not even when it is given up")
{
  Server server([](Peer& peer, const std::string&) { peer.reply("{}"); });
  Exchange exchange;
  HttpRequest slow = post_to("https://slow.hang.test/token");
  slow.deadline = 1s;
  const HttpId timed_out = exchange.send(std::move(slow));
  const HttpId cancelled = exchange.send(post_to("https://other.hang.test/token"));
  resolver().wait_until_hanging(2);
  CHECK(exchange.perform(post_to(server.url())).has_value());

  exchange.client->cancel(cancelled);
  REQUIRE_FALSE(exchange.wait_for(cancelled).has_value());
  CHECK(exchange.outcomes.at(cancelled).error().sent == Sent::kNo);

  REQUIRE_FALSE(exchange.wait_for(timed_out).has_value());
  CHECK(exchange.outcomes.at(timed_out).error().trouble == HttpTrouble::kTimeout);
  CHECK(exchange.outcomes.at(timed_out).error().sent == Sent::kNo);
  CHECK(exchange.perform(post_to(server.url())).has_value());
  resolver().release();  // both look-ups have hung until here
}

TEST_CASE("a client goes at once though a name is still being looked up")
{
  Exchange exchange;
  exchange.send(post_to("https://slow.hang.test/token"));
  resolver().wait_until_hanging(1);
  exchange.client.reset();
  exchange.loop.run_ready();
  CHECK(exchange.outcomes.size() == 1);
  resolver().release();
}

TEST_CASE("nothing goes to a private address for a host that no person named, whatever is open to it")
{
  const Certificate certificate = make_certificate("token.inside.test", 30);
  const TemporaryDirectory directory;
  const std::string ca_file = directory / "ca.pem";
  std::ofstream(ca_file) << certificate.certificate;
  Server server([](Peer& peer, const std::string&) { peer.reply("{}"); }, &certificate);
  const std::string url = "https://token.inside.test:" + std::to_string(server.port()) + "/token";
  Exchange exchange(ca_file);
  REQUIRE(exchange.perform(post_to(url)).has_value());  // the connection is kept

  HttpRequest announced = post_to(url);
  announced.only_public = true;
  const HttpOutcome& outcome = exchange.perform(std::move(announced));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().trouble == HttpTrouble::kPrivateAddress);
  CHECK(outcome.error().sent == Sent::kNo);
  CHECK(outcome.error().detail == "token.inside.test: its address is private, and no person named it");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("nor does it where the environment names a proxy and exempts the host from it")
{
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  ::setenv("no_proxy", "inside.test", 1);
  Exchange exchange;
  HttpRequest announced = post_to("https://token.inside.test:1/token");
  announced.only_public = true;
  const HttpOutcome& outcome = exchange.perform(std::move(announced));
  ::unsetenv("no_proxy");
  ::unsetenv("https_proxy");
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().trouble == HttpTrouble::kPrivateAddress);
}
