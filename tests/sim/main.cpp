// sim [--seed N] [--operations N] [--only LIST] [--expect-violation TEXT]
//
// Without --seed: many seeds, each a world of its own; prints what they did. $TOKEND_SIM_SEED repeats such a run, which
// takes one seed after the other from there on. A world that fails is made small, and the command that replays it is
// printed: --only leaves out all operations but those, and tells what happens.
// With --expect-violation only such violations count, there has to be one, and it is not made small.
#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "tests/sim/shrink.hpp"
#include "tests/sim/simulation.hpp"

namespace {

using namespace tokend::sim;

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
  std::optional<std::set<long>> only;
  std::string expected;
};

bool parse(int argc, char** argv, Options& options)
{
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) return false;
    if (name == "--operations") options.operations = std::strtol(argv[i + 1], nullptr, 10);
    else if (name == "--expect-violation") options.expected = argv[i + 1];
    else if (name == "--only") options.only = read_ranges(argv[i + 1]);
    else if (name == "--seed") options.seed = std::strtoull(argv[i + 1], nullptr, 10);
    else return false;
    options.one_seed |= name == "--seed";
  }
  return true;
}

void add(Outcome& sum, const Outcome& one)
{
  sum.operations += one.operations;
  sum.crashes += one.crashes;
  sum.tokens_served += one.tokens_served;
  sum.errors += one.errors;
  sum.logins += one.logins;
  sum.requests += one.requests;
  sum.violations = one.violations;
}

Script script_of(const Options& options, std::uint64_t seed)
{
  Script script{.seed = seed, .operations = kOperationsPerWorld, .only = options.only, .expected = options.expected};
  if (options.one_seed) script.operations = options.operations;
  if (options.only) {
    script.operations = options.only->empty() ? 0 : *options.only->rbegin() + 1;
    script.tell = [](const std::string& line) { std::puts(line.c_str()); };
  }
  return script;
}

void tell_of(const Outcome& failed, const Script& script, const Options& options)
{
  for (const std::string& violation : failed.violations)
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(script.seed), violation.c_str());
  std::fflush(stdout);
  if (!options.expected.empty() || options.only) return;
  const auto kept = shrink(script.seed, script.operations, failed.violations.front(), options.expected);
  std::printf("made small; replay it with: sim --seed %llu --only %s\n", static_cast<unsigned long long>(script.seed),
              ranges_of(kept).c_str());
}

}  // namespace

int main(int argc, char** argv)
{
  Options options;
  if (sodium_init() < 0 || !parse(argc, argv, options)) return 2;
  Outcome sum;
  for (std::uint64_t seed = options.seed; sum.operations < options.operations && sum.violations.empty(); ++seed) {
    const Script script = script_of(options, seed);
    const Outcome one = Simulation(script).run();
    add(sum, one);
    if (!one.violations.empty()) tell_of(one, script, options);
    if (options.only) break;
  }
  std::printf(
      "%ld operations from seed %llu: %d tokens served, %d errors, %d logins, %d requests, %d crashes, %zu "
      "violations\n",
      sum.operations, static_cast<unsigned long long>(options.seed), sum.tokens_served, sum.errors, sum.logins,
      sum.requests, sum.crashes, sum.violations.size());
  return sum.violations.empty() == options.expected.empty() ? 0 : 1;
}
