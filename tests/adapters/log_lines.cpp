#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "daemon/adapters/log.hpp"
#include "tests/catch.hpp"

using namespace tokend;

TEST_CASE("a log line cannot be forged by what it quotes")
{
  CHECK(escape_controls("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
  CHECK(escape_controls("Zürich \xe2\x82\xac") == "Zürich \xe2\x82\xac");
  CHECK(escape_controls("\xc2\x9b\xff\xc0\xaf") == "\\xc2\\x9b\\xff\\xc0\\xaf");
}

TEST_CASE("a log line carries the journal's prefix where it is wanted, and levels above the threshold are silent")
{
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const Log journal(LogLevel::kWarn, pipe_ends[1], true);
  journal.info("not shown");
  journal.warn("shown");
  journal.always("ready on /run/x");
  Log(LogLevel::kDebug, pipe_ends[1], false).debug("plain");
  ::close(pipe_ends[1]);
  char text[256];
  const ssize_t size = ::read(pipe_ends[0], text, sizeof text);
  ::close(pipe_ends[0]);
  REQUIRE(size > 0);
  CHECK(std::string_view(text, static_cast<std::size_t>(size)) ==
        "<4>shown\n<6>tokend: ready on /run/x\ntokend: plain\n");
}

TEST_CASE("nobody who reads the log slowly can hold up the daemon: what finds no room is left out")
{
  int pipe_ends[2];
  REQUIRE(::pipe2(pipe_ends, O_NONBLOCK) == 0);
  const std::string filling(4096, '.');
  while (::write(pipe_ends[1], filling.data(), filling.size()) > 0) continue;
  REQUIRE(::fcntl(pipe_ends[1], F_SETFL, 0) == 0);  // it blocks, as stderr does
  const Log log(LogLevel::kInfo, pipe_ends[1], false);
  log.error("left out");
  std::string read(1 << 20, '\0');
  read.resize(static_cast<std::size_t>(::read(pipe_ends[0], read.data(), read.size())));
  CHECK(read.find_first_not_of('.') == read.npos);
  log.error("told");
  read.resize(static_cast<std::size_t>(::read(pipe_ends[0], read.data(), read.size())));
  CHECK(read == "tokend: told\n");
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("a log line is cut to what a pipe takes at once")
{
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  Log(LogLevel::kInfo, pipe_ends[1], false).error(std::string(10'000, 'x'));
  std::string read(10'000, '\0');
  read.resize(static_cast<std::size_t>(::read(pipe_ends[0], read.data(), read.size())));
  CHECK(read.size() == 4096);
  CHECK(read.ends_with("x ...\n"));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}
