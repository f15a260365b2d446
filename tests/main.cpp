// The one translation unit with Catch2's main: it takes half a minute with sanitizers, so it stands alone.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif
#include <sodium.h>

#include <csignal>

int main(int argc, char** argv)
{
  std::signal(SIGPIPE, SIG_IGN);    // as the daemon does: a client that goes away is no end
  if (sodium_init() < 0) return 1;  // before any sodium_malloc, which aborts otherwise
  return Catch::Session().run(argc, argv);
}
