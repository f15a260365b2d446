// Whom the curl worker trusts. What it does not trust sees no byte of a request.
#include <fstream>

#include "tests/adapters/curl_exchange.hpp"
#include "tests/adapters/curl_servers.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;

namespace {

void answer(Peer& peer, const std::string&) { peer.reply("{}"); }

void check_refused(Server& server, const std::string& ca_file)
{
  Exchange exchange(ca_file);
  const HttpOutcome& outcome = exchange.perform(post_to(server.url()));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().trouble == HttpTrouble::kTls);
  CHECK(outcome.error().sent == Sent::kNo);
  CHECK(outcome.error().detail.starts_with("127.0.0.1: "));
  server.await_connection();
  CHECK(server.connections() == 1);
  CHECK(server.requests().empty());
}

class AuthorityFile {
 public:
  explicit AuthorityFile(const Certificate& certificate) { std::ofstream(path) << certificate.certificate; }
  TemporaryDirectory directory;
  std::string path = directory / "ca.pem";
};

}  // namespace

TEST_CASE("an authority of the extra file is trusted")
{
  const Certificate certificate = make_certificate("127.0.0.1", 30);
  const AuthorityFile authority(certificate);
  Server server(answer, &certificate);
  Exchange exchange(authority.path);
  CHECK(exchange.perform(post_to(server.url())).has_value());
}

TEST_CASE("an unknown authority gets no request")
{
  const Certificate certificate = make_certificate("127.0.0.1", 30);
  Server server(answer, &certificate);
  check_refused(server, {});
}

TEST_CASE("an expired certificate gets no request")
{
  const Certificate certificate = make_certificate("127.0.0.1", 1);
  const AuthorityFile authority(certificate);
  Server server(answer, &certificate);
  check_refused(server, authority.path);
}

TEST_CASE("a certificate for another host gets no request")
{
  const Certificate certificate = make_certificate("elsewhere.example", 30);
  const AuthorityFile authority(certificate);
  Server server(answer, &certificate);
  check_refused(server, authority.path);
}

TEST_CASE("an authority file that cannot be read refuses rather than trusts less or more")
{
  const Certificate certificate = make_certificate("127.0.0.1", 30);
  Server server(answer, &certificate);
  check_refused(server, "/nonexistent/ca.pem");
}

TEST_CASE("a server that does not speak TLS gets no request")
{
  Server server([](Peer& peer, const std::string&) { peer.write("220 hello\r\n"); });
  Exchange exchange;
  const HttpOutcome& outcome = exchange.perform(post_to("https://127.0.0.1:" + std::to_string(server.port())));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().sent == Sent::kNo);
  for (const std::string& seen : server.requests()) CHECK(seen.find("refresh_token") == seen.npos);
}
