// Opening, sharing and losing ports, against the real kernel.
#include <memory>
#include <set>

#include "daemon/adapters/port_holder.hpp"
#include "daemon/adapters/tcp_table.hpp"
#include "tests/adapters/few_descriptors.hpp"
#include "tests/adapters/redirect_support.hpp"

using namespace tokend;
using namespace tokend::test;

namespace {

class Squatter {  // a socket of somebody else on a loopback port
 public:
  explicit Squatter(std::uint16_t port, bool v6 = false) : fd_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0))
  {
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in6 six{.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    sockaddr_in four{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    bound_ = v6 ? ::bind(fd_, reinterpret_cast<sockaddr*>(&six), sizeof six) == 0
                : ::bind(fd_, reinterpret_cast<sockaddr*>(&four), sizeof four) == 0;
  }
  Squatter(const Squatter&) = delete;
  Squatter& operator=(const Squatter&) = delete;
  ~Squatter() { ::close(fd_); }

  bool listen() { return bound_ && ::listen(fd_, 1) == 0; }
  bool bound() const { return bound_; }
  std::uint16_t port() const
  {
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);  // at the same place in both families
  }

 private:
  int fd_;
  bool bound_ = false;
};

bool has_ipv6() { return Squatter(0, true).bound(); }

// Bound and silent at the same port of the other family, so that nobody else on this machine listens there. Empty: it
// is taken.
std::unique_ptr<Squatter> keep_free(std::uint16_t port, bool v6)
{
  auto silent = std::make_unique<Squatter>(port, v6);
  return silent->bound() ? std::move(silent) : nullptr;
}

}  // namespace

TEST_CASE("a port is open only while somebody uses it, and several may")
{
  Listening listening;
  const auto port = listening.open();
  CHECK(listening.open({.host = "127.0.0.1", .port = port}) == port);
  listening.close(port);
  CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
  listening.close(port);
  CHECK_FALSE(Client(port).connected());
}

TEST_CASE("a fixed port can be opened again at once, although old connections linger")
{
  Listening listening;
  const auto port = listening.open();
  for (int logins = 0; logins < 3; ++logins) {
    CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
    listening.close(port);
    REQUIRE(listening.open({.host = "127.0.0.1", .port = port}) == port);
  }
}

TEST_CASE("localhost is bound in both families")
{
  Listening listening;
  const auto port = listening.open({.host = "localhost"}).value();
  CHECK(Client(port).send(get("/a")).read_to_end().contains("hello"));
  if (has_ipv6()) CHECK(Client(port, true).send(get("/a")).read_to_end().contains("hello"));
}

TEST_CASE("an address of one family is not reached by the other")
{
  if (!has_ipv6()) return;
  Listening listening;
  for (const bool v6 : {false, true}) {
    std::uint16_t port = 0;
    std::unique_ptr<Squatter> other;
    while (!other) {
      port = listening.open({.host = v6 ? "[::1]" : "127.0.0.1"}).value();
      other = keep_free(port, !v6);
    }
    CHECK(Client(port, v6).connected());
    CHECK_FALSE(Client(port, !v6).connected());
  }
}

TEST_CASE("two logins are given the same number, each in its own family, and both are reached")
{
  if (!has_ipv6()) return;
  Listening listening;
  std::set<std::uint16_t> four;
  while (four.size() < 200) four.insert(listening.open());
  auto six = listening.open({.host = "[::1]"}).value();
  while (!four.contains(six)) {  // the kernel hands out numbers at random: dozens are asked for
    listening.close(six);
    six = listening.open({.host = "[::1]"}).value();
  }
  CHECK(Client(six, true).connected());
  CHECK(Client(six).connected());
  listening.close(six);
  CHECK(Client(six).connected());
}

TEST_CASE("localhost is not opened where either family is taken")
{
  Listening listening;
  const bool v6 = GENERATE(false, true);
  if (v6 && !has_ipv6()) return;
  auto squatter = std::make_unique<Squatter>(0, v6);
  auto other = keep_free(squatter->port(), !v6);
  while (has_ipv6() && !other) {
    squatter = std::make_unique<Squatter>(0, v6);
    other = keep_free(squatter->port(), !v6);
  }
  REQUIRE(squatter->listen());
  const auto opened = listening.open({.host = "localhost", .port = squatter->port()});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().cause == "port_busy");
  CHECK_FALSE(Client(squatter->port(), !v6).connected());  // and the other family was let go
}

TEST_CASE("a login that is refused a port leaves no door open there, beside another login's")
{
  if (!has_ipv6()) return;
  Listening listening;
  std::uint16_t port = 0;
  std::unique_ptr<Squatter> squatter;
  while (!squatter) {
    port = listening.open({.host = "127.0.0.2"}).value();
    squatter = keep_free(port, true);
  }
  REQUIRE(squatter->listen());
  REQUIRE_FALSE(listening.open({.host = "localhost", .port = port}).has_value());
  CHECK_FALSE(Client(port).connected());
}

TEST_CASE("a busy port is an error that names pid and program")
{
  Squatter squatter(0);
  REQUIRE(squatter.listen());
  Listening listening;
  const auto opened = listening.open({.host = "127.0.0.1", .port = squatter.port()});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::kTemporarilyUnavailable);
  CHECK(opened.error().cause == "port_busy");
  CHECK(opened.error().reason.contains("pid " + std::to_string(::getpid()) + ", "));
  CHECK(opened.error().reason.contains(std::to_string(squatter.port())));
  CHECK(opened.error().next == "stop it");
}

TEST_CASE("a shortage of descriptors is not called a busy port")
{
  Listening listening;
  listening.open();  // what the loop itself needs is open now
  const tokend::testing::FewDescriptors none(0);
  const auto opened = listening.open({.host = "127.0.0.1", .port = 28765});
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().code == ErrorCode::kInternal);
  CHECK(opened.error().cause.empty());
  CHECK(opened.error().reason.contains("Too many open files"));
}

TEST_CASE("nobody can listen beside us, whoever came first")
{
  Listening listening;
  const auto port = listening.open();
  CHECK_FALSE(Squatter(port).listen());

  Squatter early(0);  // bound and silent: it may not wake up later
  REQUIRE(early.bound());
  if (listening.open({.host = "127.0.0.1", .port = early.port()})) CHECK_FALSE(early.listen());
}

TEST_CASE("only loopback addresses are opened")
{
  Listening listening;
  for (const auto* const host : {"0.0.0.0", "192.0.2.1", "acme.example", "[::]", ""})
    CHECK_FALSE(listening.open({.host = host}).has_value());
}

TEST_CASE("a line of the kernel's socket table is understood")
{
  const auto four = parse_tcp_line(
      "   3: 0100007F:7065 0200007F:C350 0A 00000000:00000000 00:00000000 00000000  1000        0 34567 1 0000");
  REQUIRE(four);
  CHECK(four->local.port == 0x7065);
  CHECK(four->local.address == std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1});
  CHECK(four->listening);
  CHECK(four->uid == 1000);
  CHECK(four->inode == 34567);
  const auto six = parse_tcp_line(
      "   0: 00000000000000000000000001000000:7065 00000000000000000000000001000000:C350 01 00000000:00000000 "
      "00:00000000 00000000     0        0 99 1 0000");
  REQUIRE(six);
  CHECK(six->local.address == std::array<std::uint8_t, 16>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  CHECK_FALSE(six->listening);
  for (const auto* const line : {"", "  sl  local_address rem_address   st", "0: 0100007F 0100007F:1 0A 0 0 0 1 0 1",
                                 "0: 01:1 01:2 0A 0 0 0 1000 0 1", "0: 0100007F:1 0100007F:2 0A 0 0 0 -1 0 1"})
    CHECK_FALSE(parse_tcp_line(line));
}

TEST_CASE("a port that nobody holds has no named holder") { CHECK(describe_port_holder(1) == "another program"); }
