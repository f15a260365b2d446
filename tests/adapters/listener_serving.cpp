// The listener and its connections: real sockets, a session that speaks lines.
#include <algorithm>
#include <future>

#include "tests/adapters/served_lines.hpp"
#include "tests/catch.hpp"

using namespace tokend;
using namespace tokend::testing;

TEST_CASE("requests on a kept connection are answered one by one")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    for (const char* word : {"one", "two", "three"}) {
      client.send(std::string("echo ") + word + "\n");
      CHECK(client.read_line() == word);
    }
  });
  CHECK(served.listener->connections() == 0);
  CHECK(served.lines.alive.empty());
}

TEST_CASE("a request that comes byte by byte is answered when it is whole")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    for (const char byte : std::string("echo slowly\n")) client.send(std::string(1, byte));
    CHECK(client.read_line() == "slowly");
  });
}

TEST_CASE("thousands of pipelined requests are answered in order, however large the answers are together")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    std::string requests;
    for (int i = 0; i < 5000; ++i) requests += "echo " + std::to_string(i) + std::string(1500, '.') + "\n";
    std::jthread writer([&] { client.send(requests); });
    bool in_order = true;
    for (int i = 0; i < 5000; ++i)
      in_order = in_order && client.read_line() == std::to_string(i) + std::string(1500, '.');
    CHECK(in_order);
  });
}

TEST_CASE("small requests with large answers, all sent before the first is read, are all answered")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    std::string requests;
    for (int i = 0; i < 2000; ++i) requests += "size 1500\n";
    client.send(requests);
    client.shut_down_writing();
    CHECK(client.read_to_end().size() == 2000 * 1501);
  });
}

TEST_CASE("a client that half-closes gets the answer that is pending, then the end")
{
  Served served;
  served.lines.on_parked = [&](LineSession& session) { served.loop.post([&session] { session.tell("late\n"); }); };
  served.while_running([&] {
    Client client(served.path);
    client.connect();
    client.send("echo first\npark\necho last\n");
    client.shut_down_writing();
    CHECK(client.read_to_end() == "first\nlate\nlast\n");
  });
  CHECK(served.lines.gone == 0);
}

TEST_CASE("a client that half-closes at once is let go")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect().shut_down_writing();
    CHECK(client.read_to_end().empty());
  });
}

TEST_CASE("a parked session learns that its client has gone")
{
  Served served;
  served.while_running([&] {
    Client waits_for_the_loop(served.path);
    {
      Client client(served.path);
      client.connect().send("park\n");
      waits_for_the_loop.connect().send("echo x\n");
      waits_for_the_loop.read_line();
    }
    waits_for_the_loop.send("echo y\n");
    waits_for_the_loop.read_line();
  });
  CHECK(served.lines.gone >= 1);
  CHECK(served.lines.alive.size() + served.listener->connections() <= 2);
}

static void tell_if_alive(Served& served, LineSession& session, std::string text)
{
  const auto& alive = served.lines.alive;
  if (std::ranges::find(alive, &session) != alive.end()) session.tell(std::move(text));
}

// The reactor reports in one go that a second and third client have come and that the first has gone. Serving the
// second closes the first; what the reactor had noted of that one is taken for news of the third, which got its place.
TEST_CASE("a parked connection outlives the hang-up of one that was closed in the same turn")
{
  Served served;
  std::vector<LineSession*> parked;
  std::promise<void> first_is_parked, loop_stands_still, go_on;
  served.lines.on_parked = [&](LineSession& session) {
    parked.push_back(&session);
    if (parked.size() == 1) first_is_parked.set_value();
    if (parked.size() == 2) parked[0]->tell("too late\n");
    if (parked.size() == 3) served.loop.post([&] { tell_if_alive(served, session, "answer\n"); });
  };
  served.while_running([&] {
    std::optional<Client> first(served.path);
    Client second(served.path), third(served.path);
    first->connect().send("park\n");
    first_is_parked.get_future().wait();
    served.loop.post_from_any_thread([&] {
      loop_stands_still.set_value();
      go_on.get_future().wait();
    });
    loop_stands_still.get_future().wait();
    second.connect().send("park\n");
    third.connect().send("park\n");
    first.reset();
    go_on.set_value();
    CHECK(third.read_line() == "answer");
  });
}

TEST_CASE("a parked connection goes on with what was pipelined behind")
{
  Served served;
  LineSession* parked = nullptr;
  served.lines.on_parked = [&](LineSession& session) { parked = &session; };
  served.while_running([&] {
    Client client(served.path), other(served.path);
    client.connect().send("park\necho behind\n");
    other.connect();
    for (int i = 0; i < 3; ++i) {  // others are served meanwhile
      other.send("echo meanwhile\n");
      CHECK(other.read_line() == "meanwhile");
    }
    served.loop.post_from_any_thread([&] { parked->tell("answer\n"); });
    CHECK(client.read_line() == "answer");
    CHECK(client.read_line() == "behind");
    client.send("echo more\n");
    CHECK(client.read_line() == "more");
  });
}

TEST_CASE("an exception in a session ends that connection alone")
{
  Served served;
  served.log = Log(LogLevel::kError, -1, false);
  served.while_running([&] {
    Client client(served.path), other(served.path);
    other.connect();
    client.connect().send("throw\n");
    CHECK(client.read_to_end().empty());
    other.send("echo still here\n");
    CHECK(other.read_line() == "still here");
  });
}

TEST_CASE("a listener that goes takes connections and sessions with it")
{
  Served served;
  served.while_running([&] {
    Client client(served.path);
    client.connect().send("echo x\n");
    client.read_line();
    served.loop.post_from_any_thread([&] { served.listener.reset(); });
    CHECK(client.read_to_end().empty());
  });
  CHECK(served.lines.alive.empty());
  CHECK(served.lines.gone == 1);
}
