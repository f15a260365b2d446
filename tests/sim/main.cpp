// sim [--seed N] [--operations N] [--expect-violation TEXT]: many seeds, each a world of its own; prints what it did.
// A violation prints its seed: `sim --seed N --operations M` replays it, and $TOKEND_SIM_SEED repeats a whole run,
// which takes one seed after the other from there on. With --expect-violation only such violations count, and there has
// to be one.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "tests/sim/simulation.hpp"

namespace {

constexpr long kOperationsPerWorld = 2000;

std::uint64_t first_seed()
{
  const char* given = std::getenv("TOKEND_SIM_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

struct Options {
  std::uint64_t seed = first_seed();
  bool one_seed = false;
  long operations = 100'000;
  std::string expected;
};

Options parse(int argc, char** argv)
{
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--seed") {
      options.seed = std::strtoull(argv[i + 1], nullptr, 10);
      options.one_seed = true;
    } else if (name == "--operations") {
      options.operations = std::strtol(argv[i + 1], nullptr, 10);
    } else if (name == "--expect-violation") {
      options.expected = argv[i + 1];
    }
  }
  return options;
}

void add(tokend::sim::Outcome& sum, const tokend::sim::Outcome& one)
{
  sum.operations += one.operations;
  sum.crashes += one.crashes;
  sum.tokens_served += one.tokens_served;
  sum.errors += one.errors;
  sum.logins += one.logins;
  sum.requests += one.requests;
  sum.violations = one.violations;
}

}  // namespace

int main(int argc, char** argv)
{
  if (sodium_init() < 0) return 1;
  const Options options = parse(argc, argv);
  tokend::sim::Outcome sum;
  std::uint64_t seed = options.seed;
  for (; sum.operations < options.operations && sum.violations.empty(); ++seed) {
    tokend::sim::Simulation world(seed, options.expected);
    add(sum, world.run(options.one_seed ? options.operations : kOperationsPerWorld));
  }
  for (const std::string& violation : sum.violations)
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed - 1), violation.c_str());
  std::printf(
      "%ld operations from seed %llu: %d tokens served, %d errors, %d logins, %d requests, %d crashes, %zu "
      "violations\n",
      sum.operations, static_cast<unsigned long long>(options.seed), sum.tokens_served, sum.errors, sum.logins,
      sum.requests, sum.crashes, sum.violations.size());
  return sum.violations.empty() == options.expected.empty() ? 0 : 1;
}
