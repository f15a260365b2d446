// F8: somebody sets the wall clock, by an hour, ten years, to 1970 or beyond 2038, while the daemon runs. No token is
// served that is over, there is one refresh at most for each step, and the login goes on. Tokens of a few seconds: what is
// over is over while we look on.
import { until } from '../e2e/lib/process.mjs';
import { WallClock } from './lib/clock.mjs';
import { kStrict, World } from './lib/world.mjs';

const kYear = 365 * 86400;
const kSteps = [3600, -3600, 10 * kYear, -10 * kYear];
const kDates = { '1970-01-02': 86400, '2038-01-20': 2 ** 31 + 86400, '2106-03-01': 2 ** 32 + 86400 * 30 };
const kLifetime = 6;

async function step(world, clock, tally, name, shift) {
  const before = await world.token();
  await world.newRequests();
  clock.set(shift);
  await world.checkServed(tally);
  const at_once = (await world.newRequests()).length;
  tally.check(at_once <= 1, `${name}: ${at_once} refreshes`);
  await until('the token is over', async () => !await world.provider.accepts(before));
  await world.checkServed(tally);
  await world.judge(tally);
  await world.checkNothingSuperseded(tally);
}

async function run(tally) {
  const world = await World.open({ ...kStrict, access_ttl: kLifetime });
  const clock = new WallClock(world.sandbox);
  try {
    await world.stop();
    await world.restart(tally, { env: clock.env });
    await world.signIn();
    const dates = Object.entries(kDates).map(([name, at]) => [name, at - Date.now() / 1000]);
    const steps = [...kSteps.map((seconds) => [`${seconds} s`, seconds]), ...dates];
    for (const [name, shift] of tally.full ? steps : [tally.random.pick(steps), tally.random.pick(steps)]) {
      for (const to of [shift, 0]) {
        tally.round();
        await step(world, clock, tally, to === 0 ? 'set right' : name, to);
      }
    }
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F8', what: 'the wall clock is set by hours, years, to 1970, beyond 2038', needs: ['clock'], run }];
