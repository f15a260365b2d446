// F10: every token of many accounts at twenty providers is over at once. No provider gets more than eight requests at a
// time, all together not more than 64, each login is refreshed once, and a caller is served meanwhile.
// F11: thousands of programs ask for one token that is over. One request, one token for all.
import { WallClock } from './lib/clock.mjs';
import { RawProvider } from './lib/raw_provider.mjs';
import { World } from './lib/world.mjs';

const kProviders = 20;
const kLoginsAtOnce = 8;
const kDelayMs = 20;
const [kMostOfOne, kMostOfAll] = [8, 64];
const kSlowestMs = 10_000;    // ten times the figure, as all that is measured here
const kLater = 2 * 3600;  // seconds: longer than any token lives

async function signInAll(world, providers, names) {
  // Half of them at one provider: the limit of each is tried, and the limit of all.
  const rest = names.map((name, i) => [name, providers[i % 2 === 0 ? 0 : (i >> 1) % providers.length]]);
  const one = async () => {
    for (let next; (next = rest.shift());) await next[1].addSignedIn(world, next[0]);
  };
  await Promise.all(Array.from({ length: kLoginsAtOnce }, one));
}

async function laterOn(world, tally, providers) {
  const clock = new WallClock(world.sandbox);
  clock.set(kLater);
  await world.stop();
  for (const provider of providers) Object.assign(provider, { requests: [], mostInFlight: 0, delayMs: kDelayMs });
  RawProvider.all.most = 0;
  await world.restart(tally, { env: clock.env });
}

// Callers come while the storm is on; how long the slowest waited.
async function callMeanwhile(world, names, tally) {
  let slowest = 0;
  for (const name of names) {
    const began = Date.now();
    const { error } = await world.get(name, { timeout: 30 });
    tally.check(!error, `${name} got ${error} during the storm`);
    slowest = Math.max(slowest, Date.now() - began);
  }
  return slowest;
}

async function storm(tally) {
  const count = tally.times(10_000, 200);
  const providers = await Promise.all(Array.from({ length: kProviders }, () => RawProvider.start()));
  const world = await World.open(providers[0]);
  try {
    const names = Array.from({ length: count }, (_, i) => `a${i}`);
    await signInAll(world, providers, names);
    await laterOn(world, tally, providers);
    const slowest = await callMeanwhile(world, names.slice(-20).reverse(), tally);
    const requests = () => providers.flatMap((provider) => provider.requests);
    await RawProvider.until(() => requests().length >= count && RawProvider.all.inFlight === 0, 300_000);
    const twice = requests().length - new Set(requests().map(({ client }) => client)).size;
    tally.rounds = count;
    tally.check(twice === 0, `${twice} logins were refreshed twice`);
    const most = Math.max(...providers.map(({ mostInFlight }) => mostInFlight));
    tally.check(most <= kMostOfOne, `${most} requests at one provider at once`);
    tally.check(RawProvider.all.most <= kMostOfAll, `${RawProvider.all.most} requests at once`);
    tally.check(slowest < kSlowestMs, `a caller waited ${slowest} ms`);
    tally.note = `at most ${most} at one provider, ${RawProvider.all.most} in all; slowest caller ${slowest} ms; ${world.memory()} KiB`;
  } finally {
    await world.close();
    await Promise.allSettled(providers.slice(1).map((provider) => provider.stop()));
  }
}

async function herd(tally) {
  const count = tally.times(10_000, 2000);
  const config = '[limits]\nconnections = 12000\nconnections_per_uid = 12000\n';
  const world = await World.open(await RawProvider.start(), { config });
  const { provider } = world;
  try {
    await provider.addSignedIn(world, 'acme');
    const held = [];
    provider.script('acme', (response, tokens) => held.push(() => provider.send(response, 200, tokens())));
    await laterOn(world, tally, [provider]);
    const asked = Array.from({ length: count }, () => world.get('acme', { timeout: 60 }));
    await RawProvider.until(() => held.length > 0);
    for (const answer of held) answer();
    const served = await Promise.all(asked);
    tally.rounds = count;
    const tokens = new Set(served.map(({ error, parameters }) => error ?? parameters.accessToken));
    tally.check(tokens.size === 1 && await provider.accepts([...tokens][0]), `answers: ${[...tokens].slice(0, 5)}`);
    tally.check(provider.requests.length === 1, `${provider.requests.length} token requests`);
  } finally {
    await world.close();
  }
}

export const lines = [
  { id: 'F10', what: 'every token of 20 providers is over at once', needs: ['clock'], run: storm },
  { id: 'F11', what: 'thousands of callers, one token that is over', needs: ['clock'], run: herd },
];
