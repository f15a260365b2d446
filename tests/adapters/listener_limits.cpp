// What the listener does not put up with.
#include "daemon/adapters/peer.hpp"
#include "tests/adapters/few_descriptors.hpp"
#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;
using namespace std::chrono_literals;

namespace {

bool is_served(Client& client) { return client.send("echo hello\n") && client.read_line() == "hello"; }

// Tells a stream without end until its client, which takes so much of each 16 KiB, is cut off; how much was told.
std::size_t told_until_cut_off(std::size_t taken)
{
  constexpr std::size_t kPiece = 16 * 1024, kMost = 8 * 1024 * 1024;
  Served served;
  Client client(served.path);
  std::size_t told = 0;
  std::function<void(LineSession&)> tell = [&](LineSession& session) {
    if (served.lines.gone != 0 || told > kMost) return;
    told += kPiece;
    session.tell(std::string(kPiece, 'x'));
    client.take(taken);
    served.loop.post([&] {
      if (!served.lines.alive.empty()) tell(session);
    });
  };
  served.lines.on_parked = [&](LineSession& session) { served.loop.post([&] { tell(session); }); };
  served.while_running([&] {
    client.connect().send("stream\n");
    client.wait_for_hang_up();
  });
  CHECK(served.lines.gone == 1);
  return told;
}

}  // namespace

TEST_CASE("a request that is not whole in time ends its connection")
{
  Served served({.patience = 20ms});
  served.while_running([&] {
    Client client(served.path);
    client.connect().send("echo answered\necho never fin");
    CHECK(client.read_to_end() == "answered\n");
  });
}

TEST_CASE("a connection between requests is kept without a deadline")
{
  Served served({.patience = 1ms});
  served.while_running([&] {
    Client idle(served.path), incomplete(served.path);
    idle.connect();
    CHECK(is_served(idle));
    for (int i = 0; i < 5; ++i) {
      Client late(served.path);
      late.connect().send("half");
      late.read_to_end();  // its deadline has passed
    }
    CHECK(is_served(idle));
  });
}

TEST_CASE("a client that reads nothing of its stream is closed at 256 KiB")
{
  const std::size_t told = told_until_cut_off(0);
  CHECK(told > 256 * 1024);
  CHECK(told < 256 * 1024 + 512 * 1024);  // the kernel's socket buffer beside ours
}

TEST_CASE("a client that reads a stream slower than it comes is closed at 256 KiB too")
{
  const std::size_t told = told_until_cut_off(4 * 1024);
  CHECK(told > 256 * 1024);
  CHECK(told < 4 * (256 * 1024 + 512 * 1024) / 3);
}

TEST_CASE("a client that pipelines and never reads is held up, then closed, and others are served meanwhile")
{
  Served served({.patience = 50ms});
  served.while_running([&] {
    Client greedy(served.path), other(served.path);
    std::string requests;
    for (int i = 0; i < 1000; ++i) requests += "size 1500\n";
    greedy.connect().send(requests);
    other.connect();
    CHECK(is_served(other));
    greedy.wait_for_hang_up();
    CHECK(is_served(other));
  });
}

TEST_CASE("connections beyond the limit of a user are closed at accept")
{
  Served served({.max_per_uid = 2});
  served.while_running([&] {
    Client first(served.path), third(served.path), fourth(served.path);
    first.connect();
    {
      Client second(served.path);
      second.connect();
      CHECK(is_served(first));
      CHECK(is_served(second));
      CHECK(third.connect().read_to_end().empty());
    }
    CHECK(is_served(first));  // and by now the second has gone
    fourth.connect();
    CHECK(is_served(fourth));
  });
}

TEST_CASE("connections beyond the limit of all are closed at accept")
{
  Served served({.max_connections = 1});
  served.while_running([&] {
    Client first(served.path), second(served.path);
    first.connect();
    CHECK(is_served(first));
    CHECK(second.connect().read_to_end().empty());
  });
}

TEST_CASE("another user's connection is closed at accept")
{
  Served served({.only_uid = ::geteuid() + 1});
  served.while_running([&] {
    Client client(served.path);
    CHECK(client.connect().read_to_end().empty());
  });
  CHECK(served.lines.gone == 0);
}

TEST_CASE("without descriptors a connection is turned away, and the next is served when there are some again")
{
  Served served;
  served.while_running([&] {
    Client kept(served.path), turned_away(served.path), later(served.path);
    kept.connect();
    CHECK(is_served(kept));
    {
      const FewDescriptors exhausted(0);
      CHECK(turned_away.connect().read_to_end().empty());
      CHECK(is_served(kept));
    }
    later.connect();
    CHECK(is_served(later));
  });
}

TEST_CASE("the kernel says who is at the other end")
{
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  const auto peer = peer_credentials(pair[0]);
  REQUIRE(peer);
  CHECK(peer->uid == ::getuid());
  CHECK(peer->pid == ::getpid());
  ::close(pair[0]);
  ::close(pair[1]);
  CHECK_FALSE(peer_credentials(pair[0]));
}
