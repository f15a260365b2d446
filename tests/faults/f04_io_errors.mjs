// F4: the Nth write, sync or read of the state directory fails with EIO, once, or from there on. The daemon says so or tries
// again; it does not crash, and after a plain restart the login is there, though its provider has no leeway.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { injecting, kQuietSanitizer } from './lib/strace.mjs';
import { kStrict, World } from './lib/world.mjs';

const kFiles = ['', 'tokend.db', 'tokend.db-wal', 'tokend.lock', 'ballast', 'vault.key'];
const kRefreshes = 3;
const kMostOfOneCall = 40;
const kQuickStep = 9;
const kCalls = ['pwrite64', 'fdatasync', 'fsync', 'pread64', 'ftruncate', 'unlink'];
const kSince = { once: '', 'from there on': '+' };
const kCleanEnds = [0, 1, 78];  // a start that the disk refuses says so

// Whether an error came up.
async function lifeWithError(world, tally, name, syscall, when) {
  const { sandbox } = world;
  const only = kFiles.map((file) => join(sandbox.state, file));
  const output = join(sandbox.root, 'injected');
  sandbox.daemon = sandbox.start('tokend', [],
    { within: injecting(syscall, `error=EIO:when=${when}`, { only, output }), env: kQuietSanitizer });
  const served = await sandbox.daemon.saw('stderr', /tokend: ready/).catch(() => null);
  for (let i = 0; served && i < kRefreshes; ++i) {
    await world.refresh('acme', { timeout: 1 });
    await world.checkServed(tally);
  }
  const { code, signal, stderr } = await world.stop();
  tally.check(kCleanEnds.includes(code), `${name}: ended with ${code} ${signal}: ${stderr}`);
  tally.check(code === 0 || /tokend: .+/.test(stderr), `${name}: exit ${code} without a word`);
  return readFileSync(output, 'utf8').includes('(INJECTED)');
}

async function round(world, tally, syscall, since, n) {
  const name = `${syscall} ${n} ${since}`;
  const struck = await lifeWithError(world, tally, name, syscall, `${n}${kSince[since]}`);
  if (struck) tally.round();
  await world.restart(tally);
  const { integrity } = await world.database();
  tally.check(integrity === 'ok', `${name}: integrity ${integrity}`);
  const late = (await world.newRequests()).filter((request) => request.outside_leeway).length;
  tally.check(late === 0, `${name}: a superseded refresh token was sent`);
  if (!await world.judge(tally)) {
    tally.check(false, name);
    await world.signInAgain();
  }
  await world.newRequests();
  await world.stop();
  return struck;
}

async function run(tally) {
  const world = await World.open(kStrict);
  try {
    await world.signIn();
    await world.stop();
    for (const syscall of kCalls) {
      const step = tally.times(1, kQuickStep);
      for (const since of Object.keys(kSince)) {
        let n = 1 + tally.random.below(step);
        while (n <= kMostOfOneCall && await round(world, tally, syscall, since, n)) n += step;
      }
    }
  } finally {
    await world.close();
  }
}

export const lines = [{ id: 'F4', what: 'the Nth write, sync or read of the state directory: EIO', needs: ['strace', 'python3'], run }];
