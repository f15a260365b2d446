// F1: kill -9 at the Nth call of a system call, for every N that a start, three refreshes and a stop reach. The database
// itself goes from round to round, so the last one has been killed as often as there are points.
import { injecting, kQuietSanitizer } from './lib/strace.mjs';
import { kLeeway, kStrict, World } from './lib/world.mjs';

const kRefreshes = 3;
const kMostOfOneCall = 60;  // waiting calls have no last one
const kQuickSteps = { pwrite64: 5, fdatasync: 2, connect: 1, sendto: 1, recvfrom: 2 };
const kCalls = [...Object.keys(kQuickSteps), 'ftruncate', 'pread64', 'write', 'poll', 'epoll_ctl', 'epoll_wait', 'timerfd_settime',
  'fcntl', 'getrandom', 'unlink', 'futex'];

// One life of the daemon that ends at the point. False: it ended before it came there.
async function killedAt(world, syscall, n) {
  const { sandbox } = world;
  const daemon = sandbox.start('tokend', [], { within: injecting(syscall, `signal=KILL:when=${n}`), env: kQuietSanitizer });
  sandbox.daemon = daemon;
  const served = await daemon.saw('stderr', /tokend: ready/).catch(() => null);
  for (let i = 0; served && i < kRefreshes && !daemon.over; ++i) await world.refresh();
  const ended = await world.stop();
  return ended.signal === 'SIGKILL';
}

// Where in an exchange the kill struck, by what disk and provider know of it.
function struckAt({ attempts }, requests) {
  if (attempts.length === 0) return 'S1 or S8';
  if (attempts[0].replied) return 'S6-S7';
  return requests.at(-1)?.outcome === 'ok' ? 'S4-S6' : 'S2-S3';
}

async function lookAndRestart(world, tally, steps) {
  const database = await world.database();
  tally.check(database.integrity === 'ok', `integrity: ${database.integrity}`);
  const struck = struckAt(database, await world.newRequests());
  steps.set(struck, (steps.get(struck) ?? 0) + 1);
  await world.restart(tally);
  await world.checkServed(tally);
  return struck;
}

// A provider without leeway takes the login if its answer was lost, and only then; and it is asked once.
async function judgeStrict(world, tally, struck, losses) {
  const { error, parameters } = await world.refresh();
  const requests = await world.newRequests();
  const late = requests.filter((request) => request.outside_leeway).length;
  if (!error) return tally.check(late === 0, 'a superseded refresh token was sent');
  losses.count += 1;
  if (struck !== 'S4-S6') tally.lose(`killed at ${struck}: ${parameters?.reason}`);
  tally.check(parameters?.cause === 'refresh_in_doubt', `the loss is told as ${error} ${parameters?.cause}`);
  tally.check(requests.length === 1, `${requests.length} requests until the loss is told`);
  return world.signInAgain();
}

async function judgeLeeway(world, tally) {
  await world.judge(tally);
  await world.checkNothingSuperseded(tally);
}

async function walk(tally, world, judge) {
  const steps = new Map();
  for (const syscall of tally.full ? kCalls : Object.keys(kQuickSteps)) {
    const step = tally.full ? 1 : kQuickSteps[syscall];
    const first = 1 + tally.random.below(step);
    for (let n = first; n <= kMostOfOneCall && await killedAt(world, syscall, n); n += step) {
      tally.round();
      await judge(await lookAndRestart(world, tally, steps));
      await world.stop();
    }
  }
  for (const needed of ['S2-S3', 'S4-S6', 'S6-S7']) tally.check(steps.has(needed), `no kill struck at ${needed}`);
  return [...steps].sort().map(([name, count]) => `${name}: ${count}`).join(', ');
}

async function inWorld(settings, use) {
  const world = await World.open(settings);
  try {
    await world.signIn();
    await world.newRequests();
    await world.stop();
    return await use(world);
  } finally {
    await world.close();
  }
}

export const lines = [
  {
    id: 'F1', what: 'kill -9 at every system call, provider with leeway', needs: ['strace', 'python3'],
    run: (tally) => inWorld(kLeeway, async (world) => {
      tally.note = await walk(tally, world, () => judgeLeeway(world, tally));
      tally.check(!tally.full || tally.rounds >= 200, 'fewer than 200 kill points');
    }),
  },
  {
    id: 'F1', what: 'kill -9 at every system call, provider without leeway', needs: ['strace', 'python3'],
    run: (tally) => inWorld(kStrict, async (world) => {
      const losses = { count: 0 };
      const steps = await walk(tally, world, (struck) => judgeStrict(world, tally, struck, losses));
      tally.note = `${steps}; inside [S3,S6) ${losses.count} logins had to go, each told`;
    }),
  },
];
