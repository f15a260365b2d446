// The command line of the matrix.
export const kUsage = `usage: run.mjs [--quick] [--only F1,F3] [--seed N] [--list]
  --quick  fewer rounds, for every run of the tests; without it the counts of a nightly run
  --only   lines whose ID is among these
  --seed   of what is left to chance; printed, so that a failure can be had again
  --list   the lines, and what passes each`;

export function parseOptions(words) {
  const options = { full: true, only: null, seed: Date.now() % 2 ** 32, list: false };
  const rest = [...words];
  while (rest.length > 0) takeWord(options, rest);
  return options;
}

function takeWord(options, rest) {
  const word = rest.shift();
  if (word === '--quick') options.full = false;
  else if (word === '--list') options.list = true;
  else if (word === '--only' && rest.length > 0) options.only = rest.shift().split(',');
  else if (word === '--seed' && /^\d+$/.test(rest[0] ?? '')) options.seed = Number(rest.shift()) >>> 0;
  else throw new Error(kUsage);
}
